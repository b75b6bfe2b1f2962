// What the profile "paper" reads, made up: the seven data sets in their
// official folder layouts with their official metadata files, a handful of
// recordings of little more than a second each.

#ifndef CULTUREMERT_TESTS_END_TO_END_PAPER_DATA_H_
#define CULTUREMERT_TESTS_END_TO_END_PAPER_DATA_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "datasets/catalog/facts.h"
#include "tools/base/files/files.h"

namespace culturemert {

inline constexpr double kPaperClipSeconds = 1.25;

// Recordings of the data set that the profile calls `name` ("makam", "mtat",
// "western" ...). All but "western", which is replayed only, have two tags that
// alternate from one recording to the next.
SplitCounts PaperSplits(absl::string_view name);

// Writes turkish_makam/, hindustani/, carnatic/, lyra/, mtat/, fma_medium/ and
// music4all/ into `root`.
absl::Status WritePaperData(Files& files, absl::string_view root);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_END_TO_END_PAPER_DATA_H_
