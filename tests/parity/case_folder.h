// Where the cases of a published implementation lie, and what they say about
// themselves. Free of LibTorch; parity_cases.h reads their arrays as tensors.
//
// A test reads the small golden cases of the checkout, unless the environment
// variable CULTUREMERT_PARITY_CASES names a folder of others in the same
// layout, which tests/parity/reference/make_cases.py writes.

#ifndef CULTUREMERT_TESTS_PARITY_CASE_FOLDER_H_
#define CULTUREMERT_TESTS_PARITY_CASE_FOLDER_H_

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "absl/strings/string_view.h"

namespace culturemert {

// $CULTUREMERT_PARITY_CASES/<part> or, without that variable, the golden case
// tests/parity/golden/<part> among the test's data. `part` is "mert", "cqt" and
// so on, as README.md lists them.
std::string CaseFolder(absl::string_view part);

// folder/case.json. What cannot be read ends the program with the reason: a
// parity test without its case has nothing to say.
nlohmann::json ReadCase(absl::string_view folder);

// The same for any other JSON file of a case: "expected.json".
nlohmann::json ReadCaseFile(absl::string_view folder, absl::string_view name);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_PARITY_CASE_FOLDER_H_
