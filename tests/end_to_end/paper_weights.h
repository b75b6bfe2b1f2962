// Random weights in the full shapes of those that the profile "paper" starts
// from, in the files that hubs serve.

#ifndef CULTUREMERT_TESTS_END_TO_END_PAPER_WEIGHTS_H_
#define CULTUREMERT_TESTS_END_TO_END_PAPER_WEIGHTS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"

namespace culturemert {

// Each makes its folder.

// MERT-v1-95M, 0.4 GB: with the heads of pre-training beside it, or without.
absl::Status WriteRandomMert95M(Files& files, absl::string_view folder,
                                bool has_heads);

// The encoder and quantiser of encodec_24khz, 30 MB.
absl::Status WriteRandomEncodec24kHz(Files& files, absl::string_view folder);

}  // namespace culturemert

#endif  // CULTUREMERT_TESTS_END_TO_END_PAPER_WEIGHTS_H_
