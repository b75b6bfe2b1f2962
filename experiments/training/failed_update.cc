#include "experiments/training/failed_update.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::Status WriteFailedUpdate(Files& files, absl::string_view path,
                               const FailedUpdate& failed,
                               const SegmentBatch& batch) {
  // JSON has no numbers that are not finite.
  nlohmann::json json = {{"update", failed.update},
                         {"stage", failed.stage},
                         {"stage_update", failed.stage_update},
                         {"batch", batch.batch},
                         {"loss", absl::StrCat(failed.loss)},
                         {"gradient_norm", absl::StrCat(failed.gradient_norm)}};
  for (const Segment& segment : batch.segments) {
    json["segments"].push_back({{"recording", segment.recording},
                                {"first_sample", segment.first_sample},
                                {"samples", segment.samples}});
  }
  ASSIGN_OR_RETURN(const std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return files.WriteAtomically(path, text + "\n");
}

}  // namespace culturemert
