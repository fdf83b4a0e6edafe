import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import { useRouteError } from 'react-router';
import { words } from '../words';
import { API_SETTINGS } from './paths';
import { usePageTitle } from './page-title';
import { RouterButton } from './RouterLink';

export function NotFound() {
  usePageTitle(words.notFound.title);
  return (
    <ContentLayout header={<Header variant="h1">{words.notFound.title}</Header>}>
      <Box padding={{ bottom: 'l' }}>{words.notFound.detail}</Box>
      <RouterButton href={API_SETTINGS}>{words.notFound.back}</RouterButton>
    </ContentLayout>
  );
}

/** A fault of this page, or a part of it that could not be loaded because a newer version has replaced it. */
export function Broken() {
  const error = useRouteError();
  usePageTitle(words.problem.page);
  return (
    <Box padding="l">
      <Alert
        type="error"
        header={words.problem.page}
        action={<Button onClick={() => location.reload()}>{words.problem.reload}</Button>}
      >
        <p>{words.problem.pageDetail}</p>
        {error instanceof Error && <Box variant="code">{error.message}</Box>}
      </Alert>
    </Box>
  );
}
