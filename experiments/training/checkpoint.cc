#include "experiments/training/checkpoint.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <c10/core/GradMode.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "models/tensors/torch_errors.h"
#include "models/weights/safetensors.h"
#include "tools/base/config/canonical_json.h"
#include "tools/base/config/strict_json.h"
#include "tools/base/files/paths.h"
#include "tools/base/hash/hash.h"
#include "tools/base/status/status_macros.h"

namespace culturemert {
namespace {

constexpr int kVersion = 1;
constexpr char kFormatName[] = "culturemert checkpoint";
constexpr char kStateName[] = "state.safetensors";
constexpr char kManifestName[] = "manifest.json";
constexpr char kUnfinished[] = "unfinished-";

std::string FolderName(std::int64_t update) {
  return absl::StrFormat("update-%08d", update);
}

// The update of such a name; -1 for any other.
std::int64_t UpdateOf(absl::string_view name) {
  absl::string_view digits = name;
  std::int64_t update = 0;
  if (!absl::ConsumePrefix(&digits, "update-") ||
      !absl::SimpleAtoi(digits, &update) || update < 0 ||
      FolderName(update) != name) {
    return -1;
  }
  return update;
}

struct Manifest {
  CheckpointProgress progress;
  std::uint64_t state_bytes = 0;
  Hash128 state_checksum;
};

// Of a manifest that does not have it yet.
absl::StatusOr<Hash128> ChecksumOf(const nlohmann::json& manifest) {
  ASSIGN_OR_RETURN(const std::string text, CanonicalJson(manifest));
  return HashBytes(absl::string_view(text));
}

absl::StatusOr<std::string> FormatManifest(const Manifest& manifest) {
  nlohmann::json json = {{"format", kFormatName},
                         {"version", kVersion},
                         {"update", manifest.progress.update},
                         {"details", manifest.progress.details},
                         {"state_bytes", manifest.state_bytes},
                         {"state_xxh3", manifest.state_checksum.ToHex()}};
  json["validation_loss"] =
      manifest.progress.validation_loss.has_value()
          ? nlohmann::json(*manifest.progress.validation_loss)
          : nlohmann::json(nullptr);
  ASSIGN_OR_RETURN(const Hash128 checksum, ChecksumOf(json));
  json["manifest_xxh3"] = checksum.ToHex();
  ASSIGN_OR_RETURN(std::string text,
                   CanonicalJson(json, JsonLayout::kIndented));
  return text + "\n";
}

absl::StatusOr<Manifest> ParseManifest(absl::string_view text,
                                       absl::string_view path) {
  ASSIGN_OR_RETURN(nlohmann::json json, ParseJson(text, path));
  try {
    if (json.at("format") != kFormatName || json.at("version") != kVersion) {
      return absl::FailedPreconditionError(
          absl::StrCat(path, ": not a checkpoint of version ", kVersion,
                       ", which this program reads"));
    }
    const auto stated = json.at("manifest_xxh3").get<std::string>();
    json.erase("manifest_xxh3");
    ASSIGN_OR_RETURN(const Hash128 found, ChecksumOf(json));
    if (found.ToHex() != stated) {
      return absl::DataLossError(
          absl::StrCat(path, ": damaged: its contents have the checksum ",
                       found.ToHex(), ", it states ", stated));
    }
    Manifest manifest;
    manifest.progress.update = json.at("update").get<std::int64_t>();
    if (!json.at("validation_loss").is_null()) {
      manifest.progress.validation_loss =
          json.at("validation_loss").get<double>();
    }
    manifest.progress.details = json.at("details");
    manifest.state_bytes = json.at("state_bytes").get<std::uint64_t>();
    ASSIGN_OR_RETURN(
        manifest.state_checksum,
        Hash128::FromHex(json.at("state_xxh3").get<std::string>()));
    return manifest;
  } catch (const nlohmann::json::exception& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what()));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<CheckpointStore>> CheckpointStore::Open(
    Files& files, absl::string_view folder, const CheckpointOptions& options) {
  auto store = std::unique_ptr<CheckpointStore>(
      new CheckpointStore(files, folder, options));
  RETURN_IF_ERROR(store->Read());
  return store;
}

CheckpointStore::CheckpointStore(Files& files, absl::string_view folder,
                                 const CheckpointOptions& options)
    : files_(files), folder_(folder), options_(options) {}

CheckpointStore::~CheckpointStore() {
  if (writing_.joinable()) writing_.join();
}

absl::Status CheckpointStore::Read() {
  RETURN_IF_ERROR(files_.CreateDirectories(folder_));
  ASSIGN_OR_RETURN(const std::vector<DirectoryEntry> entries,
                   files_.List(folder_));
  for (const DirectoryEntry& entry : entries) {
    if (absl::StartsWith(entry.name, kUnfinished)) {
      RETURN_IF_ERROR(files_.RemoveTree(JoinPath(folder_, entry.name)));
    } else if (UpdateOf(entry.name) >= 0) {
      kept_.push_back({entry.name, std::nullopt});
    }
  }
  // Names sort by update. The newest intact one, and the losses of the rest.
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept) {
    absl::Status status = ReadOne(*kept);
    if (!status.ok()) {
      warnings_.push_back(absl::StrCat("the checkpoint ",
                                       JoinPath(folder_, kept->name),
                                       " cannot be used: ", status.message()));
    }
  }
  return absl::OkStatus();
}

// Takes it as the latest if there is none yet.
absl::Status CheckpointStore::ReadOne(Kept& kept) {
  const std::string folder = JoinPath(folder_, kept.name);
  const std::string manifest_path = JoinPath(folder, kManifestName);
  ASSIGN_OR_RETURN(const std::string text, files_.Read(manifest_path));
  ASSIGN_OR_RETURN(Manifest manifest, ParseManifest(text, manifest_path));
  kept.validation_loss = manifest.progress.validation_loss;
  if (latest_.has_value()) return absl::OkStatus();
  const std::string path = JoinPath(folder, kStateName);
  ASSIGN_OR_RETURN(const FileInfo info, files_.Info(path));
  ASSIGN_OR_RETURN(const Hash128 checksum, HashFile(files_, path));
  if (info.size_bytes != manifest.state_bytes ||
      checksum != manifest.state_checksum) {
    return absl::DataLossError(
        absl::StrCat(path, " has ", info.size_bytes, " bytes and the checksum ",
                     checksum.ToHex(), ", expected ", manifest.state_bytes,
                     " and ", manifest.state_checksum.ToHex()));
  }
  ASSIGN_OR_RETURN(Safetensors state, LoadSafetensors(files_, path));
  latest_ = Checkpoint{folder, std::move(manifest.progress),
                       std::move(state.tensors)};
  return absl::OkStatus();
}

absl::Status CheckpointStore::Save(const CheckpointProgress& progress,
                                   const NamedTensors& tensors) {
  RETURN_IF_ERROR(Wait());
  RETURN_IF_ERROR(Copy(tensors));
  return StartThread([this, progress] {
    written_ = Write(progress);
    if (!written_.ok()) has_failed_ = true;
  });
}

absl::Status CheckpointStore::Check() {
  return has_failed_ ? Wait() : absl::OkStatus();
}

absl::Status CheckpointStore::Wait() {
  if (writing_.joinable()) writing_.join();
  has_failed_ = false;
  return std::exchange(written_, absl::OkStatus());
}

// Buffers that fit stay.
void CheckpointStore::MakeBuffers(const NamedTensors& tensors) {
  for (auto copy = copies_.begin(); copy != copies_.end();) {
    copy =
        tensors.count(copy->first) == 0 ? copies_.erase(copy) : std::next(copy);
  }
  for (const auto& [name, tensor] : tensors) {
    at::Tensor& copy = copies_[name];
    if (copy.defined() && copy.sizes() == tensor.sizes() &&
        copy.scalar_type() == tensor.scalar_type()) {
      continue;
    }
    copy = at::empty(tensor.sizes(),
                     tensor.options().device(at::kCPU).requires_grad(false));
    std::memset(copy.mutable_data_ptr(), 0, copy.nbytes());
  }
}

absl::Status CheckpointStore::Prepare(const NamedTensors& tensors) {
  RETURN_IF_ERROR(Wait());
  return StartThread([this, tensors] {
    // Save tries again, and says what is wrong.
    CatchTorchErrors([&] {
      MakeBuffers(tensors);
      return absl::OkStatus();
    }).IgnoreError();
  });
}

absl::Status CheckpointStore::StartThread(std::function<void()> work) {
  try {
    writing_ = std::thread(std::move(work));
    return absl::OkStatus();
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start a thread that writes checkpoints: ", error.what()));
  }
}

absl::Status CheckpointStore::Copy(const NamedTensors& tensors) {
  return CatchTorchErrors([&]() -> absl::Status {
    const c10::NoGradGuard no_grad;
    MakeBuffers(tensors);
    for (const auto& [name, tensor] : tensors) copies_[name].copy_(tensor);
    return absl::OkStatus();
  });
}

absl::Status CheckpointStore::Write(const CheckpointProgress& progress) {
  const std::string name = FolderName(progress.update);
  const std::string temporary =
      JoinPath(folder_, absl::StrCat(kUnfinished, name));
  const absl::Status status = WriteFolder(progress, temporary);
  if (!status.ok()) {
    files_.RemoveTree(temporary).IgnoreError();  // The first error counts.
    return Annotate(status, "cannot save a checkpoint");
  }
  const std::string folder = JoinPath(folder_, name);
  if (files_.Exists(folder)) RETURN_IF_ERROR(Remove(name));
  RETURN_IF_ERROR(files_.Rename(temporary, folder));
  kept_.erase(
      std::remove_if(kept_.begin(), kept_.end(),
                     [&](const Kept& kept) { return kept.name == name; }),
      kept_.end());
  kept_.push_back({name, progress.validation_loss});
  return RemoveOld();
}

absl::Status CheckpointStore::WriteFolder(const CheckpointProgress& progress,
                                          const std::string& folder) {
  RETURN_IF_ERROR(files_.RemoveTree(folder));
  RETURN_IF_ERROR(files_.CreateDirectories(folder));
  const std::string path = JoinPath(folder, kStateName);
  RETURN_IF_ERROR(WriteSafetensors(files_, path, copies_));
  Manifest manifest;
  manifest.progress = progress;
  ASSIGN_OR_RETURN(const FileInfo info, files_.Info(path));
  manifest.state_bytes = info.size_bytes;
  ASSIGN_OR_RETURN(manifest.state_checksum, HashFile(files_, path));
  ASSIGN_OR_RETURN(const std::string text, FormatManifest(manifest));
  return files_.WriteAtomically(JoinPath(folder, kManifestName), text);
}

// At once for whoever looks for checkpoints.
absl::Status CheckpointStore::Remove(const std::string& name) {
  const std::string removed =
      JoinPath(folder_, absl::StrCat(kUnfinished, "removal-of-", name));
  RETURN_IF_ERROR(files_.RemoveTree(removed));
  RETURN_IF_ERROR(files_.Rename(JoinPath(folder_, name), removed));
  return files_.RemoveTree(removed);
}

absl::Status CheckpointStore::RemoveOld() {
  const Kept* best = nullptr;
  for (const Kept& kept : kept_) {
    if (kept.validation_loss.has_value() &&
        (best == nullptr || *kept.validation_loss < *best->validation_loss)) {
      best = &kept;
    }
  }
  const std::string best_name = best == nullptr ? "" : best->name;
  std::vector<Kept> kept;
  const auto removed =
      static_cast<std::int64_t>(kept_.size()) - options_.keep_last;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(kept_.size()); ++i) {
    if (i < removed && kept_[i].name != best_name) {
      RETURN_IF_ERROR(Remove(kept_[i].name));
    } else {
      kept.push_back(kept_[i]);
    }
  }
  kept_ = std::move(kept);
  return absl::OkStatus();
}

}  // namespace culturemert
