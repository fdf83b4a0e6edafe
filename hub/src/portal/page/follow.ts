import { useNavigate } from 'react-router';
import { guideAt } from '../guides';

/** Follows a link to a guide without loading the page anew, and leaves every other link to the browser. */
export function useFollow() {
  const navigate = useNavigate();
  return (event: { preventDefault(): void; detail: { href?: string } }) => {
    const { href = '' } = event.detail;
    if (guideAt(href.split('#')[0] ?? '') === undefined) return;
    event.preventDefault();
    navigate(href);
  };
}
