import Button, { type ButtonProps } from '@cloudscape-design/components/button';
import Link, { type LinkProps } from '@cloudscape-design/components/link';
import { useNavigate } from 'react-router';

interface Followed {
  preventDefault(): void;
  detail: { href?: string | undefined; external?: boolean };
}

/** Follows a link of Cloudscape's without loading the page anew. */
export function useFollow() {
  const navigate = useNavigate();
  return (event: Followed) => {
    const { href, external } = event.detail;
    if (!href || external || isAnotherPage(href)) return;
    event.preventDefault();
    void navigate(href);
  };
}

function isAnotherPage(href: string): boolean {
  return /^[a-z]+:/i.test(href) || href === '/docs' || href.startsWith('/docs/');
}

export function RouterLink(props: LinkProps) {
  return <Link {...props} onFollow={useFollow()} />;
}

export function RouterButton(props: ButtonProps) {
  return <Button {...props} onFollow={useFollow()} />;
}
