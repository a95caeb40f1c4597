/** How much is tried of what has no end. */
interface Effort {
  /** Of the points at which a call is disturbed, every how manieth. */
  readonly everyPoint: number;
  readonly fuzzedCalls: number;
  readonly fuzzedAnswers: number;
  readonly histories: number;
  /** Histories in which directories and files of dan's are spoilt. */
  readonly spoiltPlaces: number;
  /** Moments of each command at which it is killed, for each device. */
  readonly kills: number;
  readonly mutatedDanFiles: number;
  readonly mutatedRecords: number;
  /** How long sandboxes come and go. */
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
  seconds: 60,
};

/** Whether `npm run soak` runs. */
export const isSoak = process.env['DAN_SOAK'] !== undefined;

/** Little with `npm test`, so that it ends while somebody waits for it; much with `npm run soak`. */
export const effort: Effort = isSoak ? ofSoak : ofEveryRun;
