#include "experiments/evaluation/feature_store.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "datasets/blobs/blob_index.h"
#include "datasets/blobs/blob_store.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

FeatureFormat ReadFormat(JsonFields& manifest) {
  FeatureFormat format;
  format.states = static_cast<std::int64_t>(
      manifest.Number("states", 1, kMaxFeatureStates));
  format.state_size = static_cast<std::int64_t>(
      manifest.Number("state_size", 1, kMaxFeatureStateSize));
  format.extractor = manifest.Text("extractor");
  format.protocol = manifest.Text("protocol");
  return format;
}

// Turns ToBlobFormat round.
FeatureFormat ToFeatureFormat(const BlobFormat& format) {
  return {format.fields.at("states").get<std::int64_t>(),
          format.fields.at("state_size").get<std::int64_t>(),
          format.fields.at("extractor").get<std::string>(),
          format.fields.at("protocol").get<std::string>()};
}

std::string FaultOf(absl::Span<const float> features, std::size_t window_size,
                    std::size_t state_size) {
  for (std::size_t i = 0; i < features.size(); ++i) {
    if (std::isfinite(features[i])) continue;
    return absl::StrCat("feature ", i % state_size, " of window ",
                        i / window_size, " is ", features[i],
                        ", no finite number");
  }
  return "";
}

constexpr BlobKind kFeatureBlobs = {
    /*store=*/"feature store",
    /*version=*/1,
    /*data_name=*/"features.bin",
    /*index_name=*/"features.jsonl",
    /*elements=*/"features",
    /*element_bytes=*/sizeof(float),
    /*units=*/"windows",
    /*again=*/"embed again",
    [](JsonFields& manifest) { return ToBlobFormat(ReadFormat(manifest)); },
};

}  // namespace

BlobFormat ToBlobFormat(const FeatureFormat& format) {
  BlobFormat blobs;
  blobs.kind = &kFeatureBlobs;
  blobs.fields = {{"states", format.states},
                  {"state_size", format.state_size},
                  {"extractor", format.extractor},
                  {"protocol", format.protocol}};
  blobs.unit_elements = format.window_size();
  blobs.unit = absl::StrCat(format.states, " states of ", format.state_size);
  blobs.description =
      absl::StrCat(QuoteForMessage(format.extractor, 200), " (", blobs.unit,
                   ", ", QuoteForMessage(format.protocol, 300), ")");
  blobs.fault = [window_size = format.window_size(),
                 state_size = format.state_size](absl::string_view blob) {
    return FaultOf(BlobElements<float>(blob), window_size, state_size);
  };
  return blobs;
}

absl::StatusOr<std::unique_ptr<FeatureStore>> FeatureStore::Open(
    Files& files, absl::string_view directory) {
  ASSIGN_OR_RETURN(std::unique_ptr<BlobStore> blobs,
                   BlobStore::Open(files, directory, kFeatureBlobs));
  return std::unique_ptr<FeatureStore>(new FeatureStore(std::move(blobs)));
}

FeatureStore::FeatureStore(std::unique_ptr<const BlobStore> blobs)
    : blobs_(std::move(blobs)),
      format_(ToFeatureFormat(blobs_->format())),
      recordings_(BlobRecordings<FeatureRecording>(blobs_->blobs())) {}

FeatureStore::~FeatureStore() = default;

const std::string& FeatureStore::directory() const {
  return blobs_->directory();
}

std::uint64_t FeatureStore::windows() const { return blobs_->units(); }

std::optional<std::size_t> FeatureStore::Find(absl::string_view id) const {
  return blobs_->Find(id);
}

absl::Span<const float> FeatureStore::Features(std::size_t recording) const {
  return BlobElements<float>(blobs_->Bytes(recording));
}

absl::Status FeatureStore::Verify() const { return blobs_->Verify(); }

}  // namespace culturemert
