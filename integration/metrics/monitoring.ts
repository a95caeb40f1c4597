import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { eventually } from '../harness/eventually.ts';
import type { Host } from '../harness/host.ts';

const deployed = (file: string): string =>
  readFileSync(fileURLToPath(new URL(`../../deploy/monitoring/${file}`, import.meta.url)), 'utf8');

/** The alerts of deploy/monitoring for Prometheus and promtool: JSON is YAML. */
export function rulesText(): string {
  return JSON.stringify((parse(deployed('rules.yaml')) as { spec: object }).spec);
}

/** A panel of the dashboard. */
export interface Panel {
  readonly title: string;
  readonly type: 'stat' | 'table' | 'timeseries';
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig: { readonly defaults: { readonly unit?: string } };
  readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[];
}

/** The panels of the dashboard, with queries as Grafana sends them for all nodes and for rates over `interval`. */
export function panelsOf(interval: string): readonly Panel[] {
  const { panels } = JSON.parse(deployed('dashboard.json')) as { readonly panels: readonly Panel[] };
  return panels.map((panel) => ({
    ...panel,
    targets: panel.targets.map((target) => ({
      ...target,
      expr: target.expr.replaceAll('$instance', '.*').replaceAll('$__rate_interval', interval),
    })),
  }));
}

/** A row in an answer of Prometheus. */
export interface Row {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A row over time. */
export interface Series {
  readonly metric: Row['metric'];
  readonly values: readonly Row['value'][];
}

/** A program that runs in a host until it is stopped. */
export interface Service {
  /** Stops it, and returns its exit code. */
  readonly end: () => Promise<number>;
}

/** Starts a program in a host. Its process id is known only there. */
export async function serviceOf(host: Host, words: readonly string[]): Promise<Service> {
  const process = host.spawn('sh', ['-c', 'echo $$; exec "$@"', 'sh', ...words], {
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    extendEnv: false,
    reject: false,
  });
  const { stdout } = process;
  if (stdout === null) throw new Error(`${words[0] ?? ''} cannot be read`);
  const [first] = (await once(stdout, 'data')) as readonly unknown[];
  const pid = Number.parseInt(String(first), 10);
  return {
    end: async () => {
      await host.sh(`kill -TERM ${pid}`);
      return (await process).exitCode ?? -1;
    },
  };
}

/** Debian's Prometheus in a host, which scrapes 127.0.0.1:9464 each second. */
export class Prometheus implements AsyncDisposable {
  readonly #host: Host;
  readonly #service: Service;

  private constructor(host: Host, service: Service) {
    this.#host = host;
    this.#service = service;
  }

  static async start(host: Host): Promise<Prometheus> {
    const { directory } = host;
    const [config, rules] = [join(directory, 'prometheus.yaml'), join(directory, 'rules.yaml')];
    await writeFile(rules, rulesText());
    const scrape = { job_name: 'dan', honor_labels: true, static_configs: [{ targets: ['127.0.0.1:9464'] }] };
    await writeFile(
      config,
      JSON.stringify({
        global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
        rule_files: [rules],
        scrape_configs: [scrape],
      }),
    );
    const service = await serviceOf(host, [
      'prometheus',
      `--config.file=${config}`,
      `--storage.tsdb.path=${directory}/prometheus`,
      '--web.listen-address=127.0.0.1:9090',
      '--log.level=error',
    ]);
    const prometheus = new Prometheus(host, service);
    await eventually('an answer of Prometheus', async () => (await prometheus.query('vector(1)'))[0]);
    return prometheus;
  }

  /** The current value of an expression. */
  async query(expression: string): Promise<readonly Row[]> {
    return (await this.#ask(expression, 'instant')) as readonly Row[];
  }

  /** The values of an expression in each second between two times, in seconds since 1970. */
  async range(expression: string, start: number, end: number): Promise<readonly Series[]> {
    const times = [`--start=${Math.floor(start)}`, `--end=${Math.floor(end)}`, '--step=1s'];
    return (await this.#ask(expression, 'range', ...times)) as readonly Series[];
  }

  async #ask(expression: string, ...how: readonly string[]): Promise<unknown> {
    const words = ['query', ...how, '-o', 'json', 'http://127.0.0.1:9090', expression];
    const { exitCode, stdout, stderr } = await this.#host.run('promtool', words, { env: { PATH: '/usr/bin:/bin' } });
    if (exitCode !== 0) throw new Error(`${expression}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#service.end();
  }
}
