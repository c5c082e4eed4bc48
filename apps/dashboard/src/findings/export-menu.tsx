import { Anchor, Button, Popover, Stack } from '@mantine/core';

const formats = [
  { format: 'csv', label: 'CSV, for a spreadsheet' },
  { format: 'json', label: 'JSON, one finding a line' },
  { format: 'sarif', label: 'SARIF 2.1.0' },
  { format: 'ocsf', label: 'OCSF 1.8.0, for a SIEM' },
  { format: 'vex', label: 'VEX: OpenVEX' },
  { format: 'vex-cyclonedx', label: 'VEX: CycloneDX, of one repository' },
  { format: 'vex-csaf', label: 'VEX: CSAF' },
];

/** All findings of the list as a file. */
export function ExportMenu({ params }: { readonly params: URLSearchParams }) {
  const filter = new URLSearchParams([...params].filter(([name]) => name !== 'sort'));
  return (
    <Popover position="bottom-end" withinPortal={false}>
      <Popover.Target>
        <Button variant="default">Export</Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {formats.map(({ format, label }) => {
            const query = new URLSearchParams(filter);
            query.set('format', format);
            return (
              <Anchor key={format} href={`/api/v1/exports/findings?${query}`} download>
                {label}
              </Anchor>
            );
          })}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
