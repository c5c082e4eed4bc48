import { Button, Menu } from '@mantine/core';

const formats = [
  { format: 'csv', label: 'CSV, for a spreadsheet' },
  { format: 'json', label: 'JSON, one finding a line' },
  { format: 'sarif', label: 'SARIF 2.1.0' },
  { format: 'ocsf', label: 'OCSF 1.8.0, for a SIEM' },
];

/** All findings of the list as a file, in the order of their repositories. */
export function ExportMenu({ params }: { readonly params: URLSearchParams }) {
  const filter = new URLSearchParams([...params].filter(([name]) => name !== 'sort'));
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default">Export</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(({ format, label }) => {
          const query = new URLSearchParams(filter);
          query.set('format', format);
          return (
            <Menu.Item key={format} component="a" href={`/api/v1/exports/findings?${query}`} download>
              {label}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
