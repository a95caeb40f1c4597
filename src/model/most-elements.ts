/** The largest number of elements of a list, such as routes or devices: dan's data for so many fits into 64 MiB. */
export const mostElements = 20_000;
