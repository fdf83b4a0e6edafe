import Checkbox from '@cloudscape-design/components/checkbox';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import RadioGroup from '@cloudscape-design/components/radio-group';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { ReplayProtection } from '../../api/types';
import { words } from '../../words';
import { ALGORITHMS, DIALECTS, type Policy, REPLAY_PROTECTIONS, SDK_ALGORITHM, toggled } from './signing';

interface SigningFieldsProps {
  policy: Policy;
  onChange: (policy: Policy) => void;
}

export function SigningFields({ policy, onChange }: SigningFieldsProps) {
  const { algorithms, dialects, replayProtection } = policy;
  return (
    <>
      <FormField
        label={words.create.algorithms}
        description={words.create.algorithmsDetail}
        constraintText={words.create.fixed}
        errorText={algorithms.length === 0 && words.create.noAlgorithm}
        warningText={algorithms.length > 0 && !algorithms.includes(SDK_ALGORITHM) && words.create.noSdk}
      >
        <SpaceBetween size="xxs">
          {ALGORITHMS.map((algorithm) => (
            <Checkbox
              key={algorithm}
              checked={algorithms.includes(algorithm)}
              {...(algorithm === SDK_ALGORITHM && { description: words.create.sdk })}
              onChange={() => onChange({ ...policy, algorithms: toggled(ALGORITHMS, algorithms, algorithm) })}
            >
              {words.keys.algorithm[algorithm]}
            </Checkbox>
          ))}
        </SpaceBetween>
      </FormField>
      <ExpandableSection headerText={words.create.advanced}>
        <SpaceBetween size="l">
          <FormField
            label={words.create.dialects}
            description={words.create.dialectsDetail}
            errorText={dialects.length === 0 && words.create.noDialect}
          >
            <SpaceBetween size="xxs">
              {DIALECTS.map((dialect) => (
                <Checkbox
                  key={dialect}
                  checked={dialects.includes(dialect)}
                  onChange={() => onChange({ ...policy, dialects: toggled(DIALECTS, dialects, dialect) })}
                >
                  {words.keys.dialect[dialect]}
                </Checkbox>
              ))}
            </SpaceBetween>
          </FormField>
          <FormField label={words.create.replay} description={words.create.replayDetail}>
            <RadioGroup
              value={replayProtection}
              onChange={({ detail }) => onChange({ ...policy, replayProtection: detail.value as ReplayProtection })}
              items={REPLAY_PROTECTIONS.map((value) => ({
                value,
                label: words.keys.replay[value],
                description: words.create.replayOptions[value],
              }))}
            />
          </FormField>
        </SpaceBetween>
      </ExpandableSection>
    </>
  );
}
