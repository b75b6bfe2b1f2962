// How far this project is from a published implementation, said by every parity
// test in one form:
//
//   ReportParity("encodec", "latents_max_abs", residual, 1e-4);
//
// prints the line
//
//   PARITY encodec latents_max_abs 1.13e-05 0.0001
//
// which //tests/parity:full_size collects into its table.

#ifndef CULTUREMERT_TESTS_PARITY_PARITY_REPORT_H_
#define CULTUREMERT_TESTS_PARITY_PARITY_REPORT_H_

#include "absl/strings/string_view.h"

namespace culturemert {

// Prints `PARITY <part> <quantity> <value> <bar>` to stdout, records the value
// as a property of the running test, and expects value <= bar (so that NaN
// fails). `value` is a residual: the smaller, the nearer to the original; of a
// share of equal codes, for instance, report the share of unequal ones. `part`
// and `quantity` are words of [A-Za-z0-9_.-]; a quantity reported twice is
// shown at its worst.
void ReportParity(absl::string_view part, absl::string_view quantity,
                  double value, double bar);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_PARITY_PARITY_REPORT_H_
