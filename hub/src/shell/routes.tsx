import { lazy } from 'react';
import { createBrowserRouter, redirect } from 'react-router';
import { ApiSettings } from './ApiSettings';
import { Layout } from './Layout';
import { Broken, NotFound } from './Lost';
import { ACCOUNT, API_SETTINGS } from './paths';

const KeyPage = lazy(() => import('../key/KeyPage'));


const toApiSettings = () => redirect(API_SETTINGS);

export function makeRouter() {
  return createBrowserRouter([
    {
      element: <Layout />,
      errorElement: <Broken />,
      children: [
        {
          errorElement: <Broken />,
          children: [
            { path: '/', loader: toApiSettings },
            { path: '/settings', loader: toApiSettings },
            { path: API_SETTINGS, element: <ApiSettings tab="api" /> },
            { path: ACCOUNT, element: <ApiSettings tab="account" /> },
            { path: `${API_SETTINGS}/keys/:id`, element: <KeyPage /> },
            { path: '*', element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
}
