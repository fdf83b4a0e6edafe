import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import type { Key } from '../api/types';
import { keyPath } from '../shell/paths';
import { RouterLink } from '../shell/RouterLink';
import { words } from '../words';

/** A key's public id with a button that copies it; as a link, to the key's page. */
export function KeyId({ of: { id, name }, link = false }: { of: Pick<Key, 'id' | 'name'>; link?: boolean }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={id}
      textToDisplay={<span className="credential">{link ? <RouterLink href={keyPath(id)}>{id}</RouterLink> : id}</span>}
      wrapText
      copyButtonAriaLabel={words.keys.copyId(name)}
      copySuccessText={words.copy.copied}
      copyErrorText={words.copy.failed}
      popoverRenderWithPortal
    />
  );
}
