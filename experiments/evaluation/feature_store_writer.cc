#include "experiments/evaluation/feature_store_writer.h"

#include "absl/strings/str_cat.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {

absl::StatusOr<std::unique_ptr<FeatureStoreWriter>> FeatureStoreWriter::Open(
    Files& files, absl::string_view directory, const FeatureFormat& format) {
  if (format.states < 1 || format.states > kMaxFeatureStates ||
      format.state_size < 1 || format.state_size > kMaxFeatureStateSize) {
    return absl::InvalidArgumentError(
        absl::StrCat(directory, ": ", format.states, " states of ",
                     format.state_size, "; expected 1 to ", kMaxFeatureStates,
                     " of 1 to ", kMaxFeatureStateSize));
  }
  ASSIGN_OR_RETURN(
      std::unique_ptr<BlobStoreWriter> blobs,
      BlobStoreWriter::Open(files, directory, ToBlobFormat(format)));
  return std::unique_ptr<FeatureStoreWriter>(
      new FeatureStoreWriter(std::move(blobs)));
}

}  // namespace culturemert
