import Link from '@cloudscape-design/components/link';
import { neighbours, pathOf } from '../guides';
import { words } from '../words';
import { follow } from './follow';

export function Neighbours({ slug }: { slug: string }) {
  const { previous, next } = neighbours(slug);
  return (
    <nav className="portal-neighbours" aria-label={words.otherGuides}>
      {previous && (
        <div>
          <small>{words.previous}</small>
          <Link href={pathOf(previous.slug)} onFollow={follow} fontSize="heading-s">
            {previous.title}
          </Link>
        </div>
      )}
      {next && (
        <div className="portal-next">
          <small>{words.next}</small>
          <Link href={pathOf(next.slug)} onFollow={follow} fontSize="heading-s">
            {next.title}
          </Link>
        </div>
      )}
    </nav>
  );
}
