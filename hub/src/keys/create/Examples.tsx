import CodeView from '@cloudscape-design/code-view/code-view';
import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Tabs from '@cloudscape-design/components/tabs';
import type { Key } from '../../api/types';
import { words } from '../../words';
import { examplesOf } from './examples';

/** Commands that work as they stand, with the new credentials in them. */
export default function Examples({ made, secret }: { made: Key; secret: string }) {
  return (
    <SpaceBetween size="xs">
      <Box color="text-body-secondary">{words.create.shown.exampleDetail}</Box>
      <Tabs
        ariaLabel={words.create.shown.use}
        tabs={examplesOf(made, secret).map(({ id, code }) => ({
          id,
          label: words.create.shown.example[id],
          content: (
            <CodeView
              content={code}
              wrapLines
              actions={
                <CopyToClipboard
                  variant="icon"
                  textToCopy={code}
                  copyButtonAriaLabel={words.create.shown.copyExample}
                  copySuccessText={words.copy.copied}
                  copyErrorText={words.copy.failed}
                />
              }
            />
          ),
        }))}
      />
    </SpaceBetween>
  );
}
