export type Labels = Readonly<Record<string, string>>

/** One value as it was at one moment, under the name that node_exporter has for it. */
export interface Reading {
  readonly name: string
  readonly labels: Labels
  readonly value: number
}

export type MetricType = 'counter' | 'gauge' | 'unknown'

export interface Family {
  readonly type: MetricType
  readonly help: string
}

const counter = (help: string): Family => ({ type: 'counter', help })
const gauge = (help: string): Family => ({ type: 'gauge', help })

/** Every metric of our own. Names, types and units are node_exporter's, so that its dashboards show them. */
export const families: Readonly<Record<string, Family>> = {
  node_cpu_seconds_total: counter('Seconds the CPUs spent in each mode.'),
  node_context_switches_total: counter('Context switches.'),
  node_forks_total: counter('Processes and threads started.'),
  node_procs_running: gauge('Processes in runnable state.'),
  node_procs_blocked: gauge('Processes that wait for I/O to complete.'),
  node_load1: gauge('Load average of a minute.'),
  node_load5: gauge('Load average of five minutes.'),
  node_load15: gauge('Load average of fifteen minutes.'),
  node_memory_MemTotal_bytes: gauge('Memory.'),
  node_memory_MemFree_bytes: gauge('Memory that nothing uses.'),
  node_memory_MemAvailable_bytes: gauge('Memory that programs can have without swapping.'),
  node_memory_Buffers_bytes: gauge('Memory in buffers of block devices.'),
  node_memory_Cached_bytes: gauge('Memory in the page cache.'),
  node_memory_Dirty_bytes: gauge('Memory that waits to be written to disk.'),
  node_memory_SwapTotal_bytes: gauge('Swap space.'),
  node_memory_SwapFree_bytes: gauge('Swap space that nothing uses.'),
  node_pressure_cpu_waiting_seconds_total: counter('Seconds in which some task waited for a CPU.'),
  node_pressure_memory_waiting_seconds_total: counter('Seconds in which some task waited for memory.'),
  node_pressure_memory_stalled_seconds_total: counter('Seconds in which all tasks waited for memory.'),
  node_pressure_io_waiting_seconds_total: counter('Seconds in which some task waited for I/O.'),
  node_pressure_io_stalled_seconds_total: counter('Seconds in which all tasks waited for I/O.'),
  node_disk_reads_completed_total: counter('Reads completed.'),
  node_disk_read_bytes_total: counter('Bytes read.'),
  node_disk_writes_completed_total: counter('Writes completed.'),
  node_disk_written_bytes_total: counter('Bytes written.'),
  node_disk_io_time_seconds_total: counter('Seconds in which the device was busy.'),
  node_network_receive_bytes_total: counter('Bytes received.'),
  node_network_receive_packets_total: counter('Packets received.'),
  node_network_receive_errs_total: counter('Packets received with errors.'),
  node_network_receive_drop_total: counter('Packets received and dropped.'),
  node_network_transmit_bytes_total: counter('Bytes sent.'),
  node_network_transmit_packets_total: counter('Packets sent.'),
  node_network_transmit_errs_total: counter('Packets not sent for errors.'),
  node_network_transmit_drop_total: counter('Packets to be sent that were dropped.'),
  node_cpu_scaling_frequency_hertz: gauge('Frequency of each CPU as it is scaled now.'),
  process_cpu_seconds_total: counter('CPU seconds of the process, in user and system mode.'),
  process_resident_memory_bytes: gauge('Resident memory of the process.'),
  process_read_bytes_total: counter('Bytes the process had read from storage.'),
  process_written_bytes_total: counter('Bytes the process had written to storage.'),
}
