import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Key } from '../api/types';
import { keyPath } from '../shell/paths';
import { RouterLink } from '../shell/RouterLink';
import { words } from '../words';

/** A key's public id with a button that copies it. As a link to the key's page it is in a table, in one line. */
export function KeyId({ of: { id, name }, link = false }: { of: Pick<Key, 'id' | 'name'>; link?: boolean }) {
  const copy = (
    <CopyToClipboard
      variant="inline"
      textToCopy={id}
      textToDisplay={
        link ? (
          <RouterLink href={keyPath(id)}>
            <span className="credential">{id}</span>
          </RouterLink>
        ) : (
          <span className="credential">{id}</span>
        )
      }
      copyButtonAriaLabel={words.keys.copyId(name)}
      copySuccessText={words.copy.copied}
      copyErrorText={words.copy.failed}
      popoverRenderWithPortal
    />
  );
  return link ? <span className="one-line">{copy}</span> : copy;
}
