// Code of a guide. Where it is there in several languages, the one that was chosen is shown on the whole page.

import CodeView from '@cloudscape-design/code-view/code-view';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Tabs from '@cloudscape-design/components/tabs';
import 'ace-code/styles/theme/cloud_editor.css';
import 'ace-code/styles/theme/cloud_editor_dark.css';
import { Fragment, createContext, useContext, useState } from 'react';
import type { ReactNode } from 'react';
import type { Sample, Token } from '../blocks';
import { words } from '../words';

const Chosen = createContext<[tab: string, choose: (tab: string) => void]>(['', () => {}]);

/** Remembers the chosen language until the page is loaded anew. */
export function SampleLanguage({ children }: { children: ReactNode }) {
  return <Chosen value={useState('')}>{children}</Chosen>;
}

export function Samples({ samples }: { samples: Sample[] }) {
  const [chosen, choose] = useContext(Chosen);
  const [only, ...others] = samples;
  if (!only) return null;
  if (!others.length) {
    return (
      <div className="portal-sample">
        {only.label && <p className="portal-caption">{only.label}</p>}
        <Code sample={only} />
      </div>
    );
  }
  const active = samples.find((sample) => idOf(sample) === chosen) ?? only;
  return (
    <div className="portal-sample">
      <Tabs
        ariaLabel={words.samples}
        i18nStrings={{ scrollLeftAriaLabel: words.tabsLeft, scrollRightAriaLabel: words.tabsRight }}
        activeTabId={idOf(active)}
        onChange={({ detail }) => choose(detail.activeTabId)}
        tabs={samples.map((sample) => ({
          id: idOf(sample),
          label: sample.label,
          content: <Code sample={sample} />,
        }))}
      />
    </div>
  );
}

/** A tab's id becomes one of the page's, which has no spaces. */
function idOf(sample: Sample) {
  return sample.label.replace(/\s+/g, '-');
}

function Code({ sample }: { sample: Sample }) {
  const text = sample.lines.map((line) => line.map(([part]) => part).join('')).join('\n');
  return (
    <CodeView
      ariaLabel={words.code(sample.label)}
      content={text}
      highlight={() => coloured(sample.lines)}
      wrapLines
      actions={
        <CopyToClipboard
          variant="icon"
          textToCopy={text}
          copyButtonAriaLabel={words.copy}
          copySuccessText={words.copied}
          copyErrorText={words.notCopied}
        />
      }
    />
  );
}

// An element and no component: CodeView looks into it for its lines.
function coloured(lines: Token[][]) {
  return (
    <span>
      {lines.map((line, at) => (
        <Fragment key={at}>
          {line.map(([text, colour], column) => (
            <span key={column} className={colour}>
              {text}
            </span>
          ))}
          {'\n'}
        </Fragment>
      ))}
    </span>
  );
}
