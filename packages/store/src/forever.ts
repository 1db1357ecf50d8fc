/** The open end of an interval in ms: the largest integer that JavaScript holds exactly. */
export const forever = 9_007_199_254_740_991;
