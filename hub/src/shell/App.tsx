import '@cloudscape-design/global-styles/index.css';
import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { RouterProvider } from 'react-router/dom';
import { SessionEnded } from '../sign-in/SessionEnded';
import { LANGUAGE } from '../words';
import { makeRouter } from './routes';
import { followTheme } from './theme';

export function show(root: HTMLElement) {
  followTheme();
  createRoot(root).render(
    <StrictMode>
      <I18nProvider locale={LANGUAGE} messages={[messages]}>
        <RouterProvider router={makeRouter()} />
        <SessionEnded />
      </I18nProvider>
    </StrictMode>,
  );
}
