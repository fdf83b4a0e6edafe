// What the build makes of docs/guides: build/guides.ts.
declare module 'virtual:guides' {
  import type { Guide } from './blocks';

  export const chapters: { title: string; guides: { slug: string; title: string }[] }[];
  export const load: Record<string, () => Promise<{ default: Guide }>>;
}
