/** How much to try of tests without a natural end. */
interface Effort {
  /** Of the points at which a call can be disturbed, every n-th is tried. */
  readonly everyPoint: number;
  readonly fuzzedCalls: number;
  readonly fuzzedAnswers: number;
  readonly histories: number;
  /** Histories in which dan's directories and files are damaged. */
  readonly spoiltPlaces: number;
  /** Number of moments at which each command is killed, for each device. */
  readonly kills: number;
  readonly mutatedDanFiles: number;
  readonly mutatedRecords: number;
  /** How often a card is plugged into one running guest, and taken out. */
  readonly plugs: number;
  /** How long sandboxes are created and deleted, in seconds. */
  readonly seconds: number;
}

const ofEveryRun: Effort = {
  everyPoint: 5,
  fuzzedCalls: 400,
  fuzzedAnswers: 40,
  histories: 100,
  spoiltPlaces: 30,
  kills: 8,
  mutatedDanFiles: 30,
  mutatedRecords: 30,
  plugs: 3,
  seconds: 10,
};

const ofSoak: Effort = {
  everyPoint: 1,
  fuzzedCalls: 4000,
  fuzzedAnswers: 2000,
  histories: 1000,
  spoiltPlaces: 2000,
  kills: 100,
  mutatedDanFiles: 2000,
  mutatedRecords: 2000,
  plugs: 10,
  seconds: 60,
};

/** Whether this is `npm run soak`. */
export const isSoak = process.env['DAN_SOAK'] !== undefined;

/** Low with `npm test`, for which somebody waits; high with `npm run soak`. */
export const effort: Effort = isSoak ? ofSoak : ofEveryRun;

/** Seconds after which a call counts as hanging. The program with sanitizers takes ten times as long as the executable. */
export const hangingSeconds = process.env['DAN_TEST_PROGRAM'] === 'sanitized' ? 20 : 2;
