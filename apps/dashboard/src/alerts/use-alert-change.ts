import { useChange } from '../ui/use-change.ts';

export const useAlertChange = (id: string) => useChange<'ack' | 'unack' | 'resolve' | 'comment'>('alerts', id, 'alert');
