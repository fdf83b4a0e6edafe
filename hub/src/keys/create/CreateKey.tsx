import { useState } from 'react';
import type { Created } from '../../api/keys';
import type { Key, Scheme } from '../../api/types';
import { useNotify } from '../../shell/Notifications';
import { words } from '../../words';
import { CreateForm, type Wanted } from './CreateForm';
import { Credentials } from './Credentials';
import { SecretLost } from './SecretLost';

interface CreateKeyProps {
  scheme: Scheme;
  onClose: (changed: boolean) => void;
}

type Step = { at: 'form'; from?: Wanted } | { at: 'shown'; key: Key; secret: string } | { at: 'lost'; key: Key; wanted: Wanted };

/**
 * From the form to the secret. The secret is in this component's state and nowhere else, and the component goes with the
 * last step: after "Ok" nothing shows or stores it. The browser's memory may have it until that is cleared.
 */
export default function CreateKey({ scheme, onClose }: CreateKeyProps) {
  const [step, setStep] = useState<Step>({ at: 'form' });
  const notify = useNotify();

  const created = ({ key, secret }: Created, wanted: Wanted) => {
    setStep(secret === undefined ? { at: 'lost', key, wanted } : { at: 'shown', key, secret });
  };

  switch (step.at) {
    case 'form':
      return <CreateForm scheme={scheme} {...(step.from && { from: step.from })} onCreated={created} onCancel={() => onClose(false)} />;
    case 'lost':
      return (
        <SecretLost
          lost={step.key}
          onAgain={() => setStep({ at: 'form', from: step.wanted })}
          onKeep={() => onClose(true)}
        />
      );
    case 'shown':
      return (
        <Credentials
          made={step.key}
          secret={step.secret}
          onOk={() => {
            notify.succeeded(words.create.shown.created(step.key.name));
            onClose(true);
          }}
        />
      );
  }
}
