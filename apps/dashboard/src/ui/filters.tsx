import { Button, MultiSelect, Select, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'react-router';

/** Filters live in the address, so that a link shows the same view to everybody. */
export function useFilters() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string | null): void => {
    const next = new URLSearchParams(params);
    if (value) next.set(name, value);
    else next.delete(name);
    setParams(next, { replace: true });
  };
  return { params, set, clear: () => setParams({}, { replace: true }) };
}

export type FilterState = ReturnType<typeof useFilters>;

export function Filters({ filters, children }: { readonly filters: FilterState; readonly children: ReactNode }) {
  return (
    <div className="filters" role="search">
      {children}
      {filters.params.size > 0 && (
        <Button variant="subtle" onClick={filters.clear}>
          Clear
        </Button>
      )}
    </div>
  );
}

interface FilterProps {
  readonly filters: FilterState;
  readonly label: string;
  readonly name: string;
}

type Words = readonly (string | { readonly value: string; readonly label: string })[];

/** Several values, by comma. */
export function SeveralOf({ filters: { params, set }, label, name, words }: FilterProps & { readonly words: readonly string[] }) {
  const value = params.get(name)?.split(',').filter(Boolean) ?? [];
  return (
    <MultiSelect
      label={label}
      data={words.map((word) => ({ value: word, label: word.replaceAll('_', ' ') }))}
      value={value}
      onChange={(chosen) => set(name, chosen.join(','))}
      className="filter"
      placeholder={value.length === 0 ? 'any' : undefined}
      clearable
      hidePickedOptions
    />
  );
}

/** One value, or the given one when none is chosen. */
export function OneOf({
  filters: { params, set },
  label,
  name,
  words,
  without,
}: FilterProps & { readonly words: Words; readonly without?: string }) {
  return (
    <Select
      label={label}
      data={[...words]}
      value={params.get(name) ?? without ?? null}
      onChange={(value) => set(name, value === without ? null : value)}
      placeholder="any"
      className="filter"
      allowDeselect={without === undefined}
      clearable={without === undefined}
    />
  );
}

/** Free text, taken when the field is left or Enter is pressed. */
export function TextFilter({ filters: { params, set }, label, name }: FilterProps) {
  return (
    <TextInput
      key={params.get(name) ?? ''}
      label={label}
      defaultValue={params.get(name) ?? ''}
      onBlur={(event) => set(name, event.currentTarget.value.trim())}
      onKeyDown={(event) => event.key === 'Enter' && set(name, event.currentTarget.value.trim())}
      className="filter"
    />
  );
}
