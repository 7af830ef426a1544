/** What befalls the device: its network changes, its memory runs short. */
import type { Host } from './hosts';
import { listen } from './listen';
import { Kind, type Sink } from './record';

export function device(host: Host, sink: Sink): void {
  const network = (type: unknown, state: string) => sink(Kind.Network, Date.now(), String(type || ''), state);
  listen(host, 'onNetworkStatusChange', (told) => {
    const { isConnected, networkType } = (told || {}) as { [name: string]: unknown };
    network(networkType, isConnected ? 'online' : 'offline');
  });
  listen(host, 'onNetworkWeakChange', (told) => {
    const { weakNet, networkType } = (told || {}) as { [name: string]: unknown };
    network(networkType, weakNet ? 'weak' : 'strong');
  });
  listen(host, 'onMemoryWarning', (told) => {
    const { level } = (told || {}) as { level?: unknown };
    sink(Kind.Memory, Date.now(), typeof level == 'number' ? level : undefined);
  });
}
