// Numbers that messages about traffic control have.

/** RTM_…QDISC and RTM_…TFILTER of linux/rtnetlink.h. */
export const controlMessages = {
  makeDiscipline: 36,
  deleteDiscipline: 37,
  getDiscipline: 38,
  makeFilter: 44,
  deleteFilter: 45,
  getFilter: 46,
} as const;

/** TCA_… of linux/rtnetlink.h. */
export const controlAttributes = { kind: 1, options: 2 } as const;

/** TCA_U32_… of linux/pkt_cls.h. */
export const u32Attributes = { selector: 5, actions: 7 } as const;

/** TCA_ACT_… of linux/pkt_cls.h. */
export const actionAttributes = { kind: 1, options: 2, cookie: 6 } as const;

/** TCA_MIRRED_PARMS of linux/tc_act/tc_mirred.h. */
export const mirredParameters = 2;
