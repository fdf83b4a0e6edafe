import { useEffect } from 'react';
import { words } from '../words';

export function usePageTitle(title: string) {
  useEffect(() => {
    document.title = words.pageTitle(title);
  }, [title]);
}
