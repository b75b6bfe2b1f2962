#include "models/weights/checkpoint_source.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "models/weights/safetensors.h"
#include "models/weights/torch_file.h"
#include "models/weights/weights_file_kind.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

constexpr std::uint64_t kMaxConfigBytes = 1 << 20;
constexpr std::uint64_t kMaxIndexBytes = 64 << 20;
constexpr const char* kWholeNames[] = {"model.safetensors",
                                       "pytorch_model.bin"};

std::string Beside(absl::string_view folder, absl::string_view name) {
  return folder.empty() ? std::string(name) : JoinPath(folder, name);
}

// A name that stays in its folder.
bool IsPlainName(absl::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         !absl::StrContains(name, '/') && !absl::StrContains(name, '\0');
}

// The shards an index names, each once, sorted.
absl::StatusOr<std::vector<std::string>> ReadShardIndex(
    Files& files, const std::string& path, absl::string_view folder) {
  ASSIGN_OR_RETURN(const std::string text, files.Read(path, kMaxIndexBytes));
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseJson(text, path));
  const auto bad = [&](absl::string_view what) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
  };
  if (!json.is_object() || !json.contains("weight_map") ||
      !json["weight_map"].is_object() || json["weight_map"].empty()) {
    return bad(
        "expected an object with a \"weight_map\" from tensors to files");
  }
  std::set<std::string> names;
  for (const auto& [tensor, shard] : json["weight_map"].items()) {
    if (!shard.is_string() || !IsPlainName(shard.get<std::string>())) {
      return bad(absl::StrCat("weight_map[", QuoteForMessage(tensor),
                              "] is not the name of a file in its folder"));
    }
    names.insert(shard.get<std::string>());
  }
  std::vector<std::string> paths;
  for (const std::string& name : names) paths.push_back(Beside(folder, name));
  return paths;
}

absl::StatusOr<std::vector<std::string>> FindWeights(Files& files,
                                                     absl::string_view folder) {
  std::vector<std::string> tried;
  for (const char* name : kWholeNames) {
    const std::string whole = Beside(folder, name);
    if (files.Exists(whole)) return std::vector<std::string>{whole};
    const std::string index = absl::StrCat(whole, ".index.json");
    if (files.Exists(index)) return ReadShardIndex(files, index, folder);
    tried.push_back(name);
    tried.push_back(absl::StrCat(name, ".index.json"));
  }
  return absl::NotFoundError(absl::StrCat(
      "no weights in ", folder, ": it has none of ", absl::StrJoin(tried, ", "),
      "; name the file itself if it is called otherwise"));
}

// Moves the elements of `from` into `to`; the first key that is in both.
template <typename Map>
absl::Status MergeInto(Map& to, Map from, absl::string_view what,
                       const std::string& path) {
  to.merge(from);
  if (from.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      path, ": ", what, " ", from.begin()->first, " is in another file too"));
}

absl::StatusOr<WeightsFileKind> KindOf(Files& files, const std::string& path) {
  ASSIGN_OR_RETURN(const std::unique_ptr<MappedFile> file, files.Map(path));
  return SniffWeightsFile(file->bytes(), path);
}

absl::Status ReadTorchFile(Files& files, const std::string& path,
                           CheckpointSource& source) {
  ASSIGN_OR_RETURN(TorchFile file, LoadTorchFile(files, path));
  source.fairseq = FindFairseqSettings(file.document);
  RETURN_IF_ERROR(
      MergeInto(source.tensors, std::move(file.tensors), "tensor", path));
  return MergeInto(source.string_lists, std::move(file.string_lists), "list",
                   path);
}

absl::Status ReadWeights(Files& files, const std::string& path,
                         CheckpointSource& source) {
  ASSIGN_OR_RETURN(const WeightsFileKind kind, KindOf(files, path));
  if (source.weights_paths.empty()) {
    source.format = std::string(WeightsFileKindName(kind));
  }
  source.weights_paths.push_back(path);
  if (kind != WeightsFileKind::kSafetensors) {
    return ReadTorchFile(files, path, source);
  }
  ASSIGN_OR_RETURN(Safetensors file, LoadSafetensors(files, path));
  // All shards repeat their metadata.
  source.metadata.merge(file.metadata);
  return MergeInto(source.tensors, std::move(file.tensors), "tensor", path);
}

}  // namespace

absl::StatusOr<CheckpointSource> ReadCheckpointSource(
    Files& files, absl::string_view path, absl::string_view extra_file) {
  ASSIGN_OR_RETURN(const FileInfo info, files.Info(path));
  CheckpointSource source;
  std::vector<std::string> weights = {std::string(path)};
  std::string folder(Dirname(path));
  if (info.kind == FileKind::kDirectory) {
    folder = std::string(path);
    ASSIGN_OR_RETURN(weights, FindWeights(files, folder));
    const std::string extra = Beside(folder, extra_file);
    if (!extra_file.empty() && files.Exists(extra)) weights.push_back(extra);
  }
  for (const std::string& file : weights) {
    RETURN_IF_ERROR(ReadWeights(files, file, source));
  }
  const std::string config = Beside(folder, "config.json");
  if (files.Exists(config)) {
    source.config_path = config;
    ASSIGN_OR_RETURN(source.config_text, files.Read(config, kMaxConfigBytes));
  }
  return source;
}

absl::StatusOr<RenamedTensors> RenameTensors(absl::Span<const Dialect> dialects,
                                             const NamedTensors& tensors) {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : tensors) names.push_back(name);
  ASSIGN_OR_RETURN(const Dialect* const dialect, SniffDialect(dialects, names));
  const NameMap map(dialect->rules);
  RenamedTensors renamed;
  renamed.dialect = dialect->name;
  std::map<std::string, std::string> origins;
  for (const auto& [name, tensor] : tensors) {
    MappedName mapped = map.Map(name);
    if (mapped.kind == MappedName::Kind::kIgnored) {
      renamed.ignored.push_back(name);
      continue;
    }
    if (mapped.kind == MappedName::Kind::kUnknown) mapped.name = name;
    const auto [origin, is_new] = origins.emplace(mapped.name, name);
    if (!is_new) {
      return absl::InvalidArgumentError(
          absl::StrCat(origin->second, " and ", name, " are both ", mapped.name,
                       "; expected one of them"));
    }
    renamed.tensors.emplace(mapped.name, tensor);
  }
  return renamed;
}

}  // namespace culturemert
