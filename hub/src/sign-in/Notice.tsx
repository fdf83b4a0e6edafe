import '@cloudscape-design/global-styles/index.css';
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ErrorResponse } from 'oidc-client-ts';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { followTheme } from '../shell/theme';
import { words } from '../words';

// The pages for nobody: whoever sees them is not signed in.

interface NoticeProps {
  title: string;
  button: string;
  children: ReactNode;
}

function Notice({ title, button, children }: NoticeProps) {
  return (
    <main className="notice">
      <Container header={<Header variant="h1">{title}</Header>}>
        <SpaceBetween size="l">
          {children}
          <Button variant="primary" href="/">
            {button}
          </Button>
        </SpaceBetween>
      </Container>
    </main>
  );
}

export function showSignedOut(root: HTMLElement) {
  show(root, words.signIn.signedOut, words.signIn.signIn, <Box>{words.signIn.signedOutDetail}</Box>);
}

export function showFailure(root: HTMLElement, error: unknown) {
  // What an issuer says of a refusal is for people to read; any other error at least says where to look.
  const detail =
    error instanceof ErrorResponse ? (error.error_description ?? error.error) : error instanceof Error ? error.message : String(error);
  show(root, words.signIn.failed, words.signIn.tryAgain, <Alert type="error">{detail}</Alert>);
}

function show(root: HTMLElement, title: string, button: string, children: ReactNode) {
  document.title = words.pageTitle(title);
  followTheme();
  createRoot(root).render(
    <Notice title={title} button={button}>
      {children}
    </Notice>,
  );
}
