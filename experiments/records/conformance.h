// The number that says which results may be compared.

#ifndef CULTUREMERT_EXPERIMENTS_RECORDS_CONFORMANCE_H_
#define CULTUREMERT_EXPERIMENTS_RECORDS_CONFORMANCE_H_

namespace culturemert {

// Stands in every record and table. Bumped whenever a change of preprocessing,
// of the protocol or of a metric changes any digit that would be published;
// what each number changed is written in README.md of this folder. Records of
// different numbers are never put into one table.
inline constexpr int kConformance = 1;

}  // namespace culturemert

#endif  // CULTUREMERT_EXPERIMENTS_RECORDS_CONFORMANCE_H_
