import FormField from '@cloudscape-design/components/form-field';
import Input, { type InputProps } from '@cloudscape-design/components/input';
import type { RefObject } from 'react';
import { words } from '../words';
import { NAME_MAX, lengthOf } from './name-rule';
import { nameFault } from './name-words';

interface NameFieldProps {
  field: RefObject<InputProps.Ref | null>;
  value: string;
  onChange: (value: string) => void;
  /** Whether an empty name is a fault yet, or just not typed. */
  always?: boolean;
  /** What the server said of exactly this name. */
  refused?: string | undefined;
  description?: string;
  placeholder?: string;
}

export function NameField({ field, value, onChange, always = false, refused, description, placeholder }: NameFieldProps) {
  const fault = value || always ? nameFault(value) : undefined;
  return (
    <FormField
      label={words.keys.name.label}
      {...(description && { description })}
      constraintText={words.keys.name.constraint(NAME_MAX - lengthOf(value))}
      errorText={fault ?? refused}
      stretch
    >
      <Input
        ref={field}
        value={value}
        autoComplete={false}
        spellcheck={false}
        {...(placeholder && { placeholder })}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
