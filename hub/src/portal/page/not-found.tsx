import Box from '@cloudscape-design/components/box';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Link from '@cloudscape-design/components/link';
import Header from '@cloudscape-design/components/header';
import { useEffect } from 'react';
import { follow } from './follow';
import { words } from '../words';

export function NotFound() {
  useEffect(() => {
    document.title = `${words.notFound} · ${words.portal}`;
  }, []);
  return (
    <ContentLayout header={<Header variant="h1">{words.notFound}</Header>}>
      <Box variant="p">
        {words.notFoundText}{' '}
        <Link href="/docs" onFollow={follow}>
          {words.overview}
        </Link>
      </Box>
    </ContentLayout>
  );
}
