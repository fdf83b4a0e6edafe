import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReactNode } from 'react';
import { useNarrow } from '../shell/narrow';

interface SectionHeaderProps {
  title: string;
  description: string;
  counter: string | undefined;
  actions: ReactNode;
}

/** On a phone the buttons come last: Cloudscape's own header puts them between the title and what explains it. */
export function SectionHeader({ title, description, counter, actions }: SectionHeaderProps) {
  const narrow = useNarrow();
  const header = (
    <Header variant="h2" description={description} {...(counter && { counter })} {...(!narrow && { actions })}>
      {title}
    </Header>
  );
  if (!narrow) return header;
  return (
    <SpaceBetween size="xs">
      {header}
      {actions}
    </SpaceBetween>
  );
}
