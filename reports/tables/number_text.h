// Numbers as a table shows them, the same in every locale.

#ifndef CULTUREMERT_REPORTS_TABLES_NUMBER_TEXT_H_
#define CULTUREMERT_REPORTS_TABLES_NUMBER_TEXT_H_

#include <string>

namespace culturemert {

// With `decimals` (0 to 9) digits behind the point, rounded to the nearest, the
// binary value's exact half to even; "-0.0" never appears. "nan", "inf" and
// "-inf" for what is no number.
std::string FixedText(double value, int decimals);

// The same with "+" before what does not round to zero and is above it.
std::string SignedFixedText(double value, int decimals);

// "<0.001", else three digits behind the point.
std::string ProbabilityText(double p);

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_TABLES_NUMBER_TEXT_H_
