#include "experiments/artifacts/manifest.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr char kFormatName[] = "culturemert artifact";
constexpr int kFormatVersion = 1;
constexpr char kChecksumName[] = "manifest_xxh3";

// Of a manifest without its own checksum.
absl::StatusOr<Hash128> ChecksumOf(const nlohmann::json& json) {
  ASSIGN_OR_RETURN(const std::string text, CanonicalJson(json));
  return HashBytes(absl::string_view(text));
}

nlohmann::json InputsJson(const ArtifactRecipe& recipe) {
  nlohmann::json inputs = nlohmann::json::object();
  for (const auto& [name, input] : recipe.inputs) {
    inputs[name] = {{"action", input.action}, {"key", input.key.ToHex()}};
  }
  return inputs;
}

nlohmann::json FilesJson(const ArtifactManifest& manifest) {
  nlohmann::json files = nlohmann::json::array();
  for (const ArtifactFile& file : manifest.files) {
    files.push_back({{"name", file.name},
                     {"bytes", file.size_bytes},
                     {"xxh3", file.checksum.ToHex()}});
  }
  return files;
}

// The readers below throw what nlohmann::json throws.
absl::StatusOr<std::uint64_t> ReadBytes(const nlohmann::json& json,
                                        const char* name) {
  const nlohmann::json& value = json.at(name);
  if (value.is_number_unsigned()) return value.get<std::uint64_t>();
  return absl::DataLossError(
      absl::StrCat("\"", name, "\" is ", value.dump(),
                   ", expected an integer of at least 0"));
}

absl::StatusOr<ArtifactRecipe> ReadRecipe(const nlohmann::json& json) {
  ArtifactRecipe recipe;
  recipe.action = json.at("action").get<std::string>();
  recipe.version = json.at("version").get<int>();
  recipe.config = json.at("config");
  for (const auto& [name, input] : json.at("inputs").items()) {
    ArtifactId id;
    id.action = input.at("action").get<std::string>();
    ASSIGN_OR_RETURN(id.key,
                     Hash128::FromHex(input.at("key").get<std::string>()));
    recipe.inputs[name] = std::move(id);
  }
  return recipe;
}

absl::StatusOr<std::vector<ArtifactFile>> ReadFileList(
    const nlohmann::json& json) {
  std::vector<ArtifactFile> files;
  for (const nlohmann::json& entry : json) {
    ArtifactFile file;
    file.name = entry.at("name").get<std::string>();
    RETURN_IF_ERROR(JoinInside("artifact", file.name));
    ASSIGN_OR_RETURN(file.size_bytes, ReadBytes(entry, "bytes"));
    ASSIGN_OR_RETURN(file.checksum,
                     Hash128::FromHex(entry.at("xxh3").get<std::string>()));
    files.push_back(std::move(file));
  }
  return files;
}

absl::Status CheckFormat(nlohmann::json& json) {
  if (json.at("format") != kFormatName ||
      json.at("format_version") != kFormatVersion) {
    return absl::DataLossError(
        absl::StrCat("not an artifact's manifest of version ", kFormatVersion,
                     ", which this program reads"));
  }
  const auto stated = json.at(kChecksumName).get<std::string>();
  json.erase(kChecksumName);
  ASSIGN_OR_RETURN(const Hash128 found, ChecksumOf(json));
  if (found.ToHex() == stated) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("damaged: its contents have the checksum ", found.ToHex(),
                   ", it states ", stated));
}

absl::StatusOr<ArtifactManifest> ReadManifest(nlohmann::json json) {
  RETURN_IF_ERROR(CheckFormat(json));
  ArtifactManifest manifest;
  ASSIGN_OR_RETURN(manifest.recipe, ReadRecipe(json));
  ASSIGN_OR_RETURN(manifest.key,
                   Hash128::FromHex(json.at("key").get<std::string>()));
  ASSIGN_OR_RETURN(const ArtifactKey key, ComputeArtifactKey(manifest.recipe));
  if (key != manifest.key) {
    return absl::DataLossError(absl::StrCat("it states the key ",
                                            manifest.key.ToHex(),
                                            ", its recipe has ", key.ToHex()));
  }
  manifest.label = json.at("label").get<std::string>();
  ASSIGN_OR_RETURN(manifest.files, ReadFileList(json.at("files")));
  manifest.facts = json.at("facts");
  manifest.wall_seconds = json.at("wall_seconds").get<double>();
  ASSIGN_OR_RETURN(manifest.peak_bytes, ReadBytes(json, "peak_bytes"));
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_sec,
                       json.at("finished").get<std::string>(),
                       &manifest.finished, &error)) {
    return absl::DataLossError(absl::StrCat("\"finished\": ", error));
  }
  return manifest;
}

}  // namespace

std::uint64_t ArtifactManifest::size_bytes() const {
  std::uint64_t sum = 0;
  for (const ArtifactFile& file : files) sum += file.size_bytes;
  return sum;
}

absl::StatusOr<std::string> FormatManifest(const ArtifactManifest& manifest) {
  nlohmann::json json = {
      {"format", kFormatName},
      {"format_version", kFormatVersion},
      {"action", manifest.recipe.action},
      {"version", manifest.recipe.version},
      {"config", manifest.recipe.config},
      {"inputs", InputsJson(manifest.recipe)},
      {"key", manifest.key.ToHex()},
      {"label", manifest.label},
      {"files", FilesJson(manifest)},
      {"facts", manifest.facts},
      {"wall_seconds", manifest.wall_seconds},
      {"peak_bytes", manifest.peak_bytes},
      {"finished", absl::FormatTime(absl::RFC3339_sec, manifest.finished,
                                    absl::UTCTimeZone())}};
  ASSIGN_OR_RETURN(const Hash128 checksum, ChecksumOf(json));
  json[kChecksumName] = checksum.ToHex();
  ASSIGN_OR_RETURN(const std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<ArtifactManifest> ParseManifest(absl::string_view text,
                                               absl::string_view path) {
  absl::StatusOr<nlohmann::json> json = ParseJson(text, path);
  if (!json.ok()) return absl::DataLossError(json.status().message());
  try {
    absl::StatusOr<ArtifactManifest> manifest = ReadManifest(*std::move(json));
    if (manifest.ok()) return manifest;
    return absl::DataLossError(
        absl::StrCat(path, ": ", manifest.status().message()));
  } catch (const nlohmann::json::exception& error) {
    return absl::DataLossError(absl::StrCat(path, ": ", error.what()));
  }
}

}  // namespace culturemert
