#include "datasets/store/store_index.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/json_fields.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr char kFormatName[] = "culturemert pcm store";
constexpr std::uint64_t kMaxShardSamples = kMaxShardBytes / kStoreSampleBytes;
// More than any disk holds, and far from overflow.
constexpr std::uint64_t kMaxCount = std::uint64_t{1} << 53;

nlohmann::json ShardsToJson(const std::vector<std::uint64_t>& shard_bytes) {
  nlohmann::json shards = nlohmann::json::array();
  for (std::size_t shard = 0; shard < shard_bytes.size(); ++shard) {
    shards.push_back({{"file", ShardName(static_cast<int>(shard))},
                      {"bytes", shard_bytes[shard]}});
  }
  return shards;
}

absl::StatusOr<std::vector<std::uint64_t>> ParseShards(
    const nlohmann::json& shards, absl::string_view path) {
  std::vector<std::uint64_t> shard_bytes;
  for (const nlohmann::json& shard : shards) {
    const std::string expected = ShardName(shard_bytes.size());
    const std::string place = absl::StrCat(path, ": shards of ", expected);
    JsonFields fields(shard, place);
    const std::string file = fields.Text("file");
    shard_bytes.push_back(fields.Number("bytes", 0, kMaxShardBytes));
    RETURN_IF_ERROR(fields.Finish());
    if (file != expected) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, ": file is ", QuoteForMessage(file)));
    }
  }
  return shard_bytes;
}

}  // namespace

std::string ShardName(int shard) {
  return absl::StrFormat("audio-%05d.pcm", shard);
}

int ShardNumber(absl::string_view name) {
  absl::string_view digits = name;
  int shard = 0;
  if (!absl::ConsumePrefix(&digits, "audio-") ||
      !absl::ConsumeSuffix(&digits, ".pcm") || digits.size() != 5 ||
      !absl::ascii_isdigit(digits[0]) || !absl::SimpleAtoi(digits, &shard)) {
    return -1;
  }
  return ShardName(shard) == name ? shard : -1;
}

nlohmann::json ToJson(const StoredRecording& recording) {
  return {{"id", recording.id},
          {"culture", recording.culture},
          {"source", recording.source},
          {"decoder", recording.decoder},
          {"file", ShardName(recording.shard)},
          {"first_sample", recording.first_sample},
          {"samples", recording.samples},
          {"clipped_samples", recording.clipped_samples},
          {"xxh3", recording.checksum.ToHex()}};
}

absl::StatusOr<StoredRecording> ParseStoredRecording(
    const nlohmann::json& record, absl::string_view place) {
  JsonFields fields(record, place);
  StoredRecording recording;
  recording.id = fields.Text("id");
  recording.culture = fields.Text("culture");
  recording.source = fields.Text("source");
  recording.decoder = fields.Text("decoder");
  const std::string file = fields.Text("file");
  recording.first_sample = fields.Number("first_sample", 0, kMaxShardSamples);
  recording.samples = fields.Number("samples", 1, kMaxShardSamples);
  recording.clipped_samples =
      fields.Number("clipped_samples", 0, kMaxShardSamples);
  recording.checksum = fields.Checksum("xxh3");
  RETURN_IF_ERROR(fields.Finish());
  recording.shard = ShardNumber(file);
  if (recording.shard < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(place, ": file is ", QuoteForMessage(file),
                     ", expected a name like ", ShardName(0)));
  }
  return recording;
}

absl::Status IndexChecker::Check(const StoredRecording& recording,
                                 absl::string_view place) {
  const int shards = static_cast<int>(shard_samples_.size());
  const bool starts_shard =
      recording.shard == shards && recording.first_sample == 0;
  const bool continues = shards > 0 && recording.shard == shards - 1 &&
                         recording.first_sample == shard_samples_.back();
  if (!starts_shard && !continues) {
    return absl::DataLossError(absl::StrCat(
        place, ": ", QuoteForMessage(recording.id), " starts at sample ",
        recording.first_sample, " of ", ShardName(recording.shard),
        ", expected ",
        shards == 0 ? absl::StrCat("sample 0 of ", ShardName(0))
                    : absl::StrCat("sample ", shard_samples_.back(), " of ",
                                   ShardName(shards - 1),
                                   ", where the one before it ends")));
  }
  if (recording.samples > kMaxShardSamples - recording.first_sample) {
    return absl::DataLossError(absl::StrCat(
        place, ": ", QuoteForMessage(recording.id), " ends behind ",
        kMaxShardSamples, " samples, the most of a shard"));
  }
  if (!ids_.insert(recording.id).second) {
    return absl::DataLossError(absl::StrCat(
        place, ": ", QuoteForMessage(recording.id), " is there twice"));
  }
  if (starts_shard) shard_samples_.push_back(0);
  shard_samples_.back() += recording.samples;
  return absl::OkStatus();
}

absl::StatusOr<std::string> FormatStoreManifest(const StoreManifest& manifest) {
  const nlohmann::json json = {{"format", kFormatName},
                               {"version", kStoreVersion},
                               {"rate_hz", kStoreRateHz},
                               {"recordings", manifest.recordings},
                               {"samples", manifest.samples},
                               {"index_bytes", manifest.index_bytes},
                               {"index_xxh3", manifest.index_checksum.ToHex()},
                               {"shards", ShardsToJson(manifest.shard_bytes)},
                               {"libraries",
                                {{"sndfile", manifest.libraries.sndfile},
                                 {"mpg123", manifest.libraries.mpg123},
                                 {"soxr", manifest.libraries.soxr}}}};
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<StoreManifest> ParseStoreManifest(absl::string_view text,
                                                 absl::string_view path) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, path));
  JsonFields fields(json, path);
  const std::string format = fields.Text("format");
  const std::uint64_t version = fields.Number("version", 0, kMaxCount);
  if (format == kFormatName && version != kStoreVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, ": the store is of version ", version, ", this program reads ",
        kStoreVersion, "; prepare it again"));
  }
  StoreManifest manifest;
  fields.Number("rate_hz", kStoreRateHz, kStoreRateHz);
  manifest.recordings = fields.Number("recordings", 0, kMaxCount);
  manifest.samples = fields.Number("samples", 0, kMaxCount);
  manifest.index_bytes = fields.Number("index_bytes", 0, kMaxCount);
  manifest.index_checksum = fields.Checksum("index_xxh3");
  const nlohmann::json& shards = fields.List("shards");
  const nlohmann::json& libraries = fields.Object("libraries");
  RETURN_IF_ERROR(fields.Finish());
  if (format != kFormatName) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": format is ", QuoteForMessage(format),
                     ", expected \"", kFormatName, "\""));
  }
  ASSIGN_OR_RETURN(manifest.shard_bytes, ParseShards(shards, path));
  JsonFields names(libraries, absl::StrCat(path, ": libraries"));
  manifest.libraries = {names.Text("sndfile"), names.Text("mpg123"),
                        names.Text("soxr")};
  RETURN_IF_ERROR(names.Finish());
  return manifest;
}

}  // namespace culturemert
