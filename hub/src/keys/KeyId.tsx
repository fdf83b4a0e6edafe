import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import { colorTextLinkDefault } from '@cloudscape-design/design-tokens';
import { Link } from 'react-router';
import type { Key } from '../api/types';
import { keyPath } from '../shell/paths';
import { words } from '../words';

/** A key's public id with a button that copies it. As a link to the key's page it is in a table, in one line. */
export function KeyId({ of: { id, name }, link = false }: { of: Pick<Key, 'id' | 'name'>; link?: boolean }) {
  const copy = (
    <CopyToClipboard
      variant="inline"
      textToCopy={id}
      textToDisplay={
        // Cloudscape's own link has its own font: this one keeps that of ids.
        link ? (
          <Link to={keyPath(id)} className="credential" style={{ color: colorTextLinkDefault }}>
            {id}
          </Link>
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
