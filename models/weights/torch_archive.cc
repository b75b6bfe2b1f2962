#include "models/weights/torch_archive.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "models/weights/byte_reader.h"
#include "models/weights/unpickler.h"
#include "models/weights/zip_reader.h"
#include "tools/base/status/status_macros.h"
#include "tools/base/text/utf8.h"

namespace culturemert {
namespace {

using Bytes = absl::Span<const std::uint8_t>;

absl::Status BigEndian() {
  return absl::UnimplementedError(
      "written by a big-endian machine; load it with torch.load and save it "
      "again on a little-endian one");
}

absl::Status CheckStorageSize(const PickleStorage& storage,
                              std::uint64_t found_bytes) {
  const std::uint64_t expected_bytes =
      storage.num_elements * storage.element_size_bytes;
  if (expected_bytes == found_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "storage ", QuoteForMessage(storage.key), " has ", found_bytes,
      " bytes, but ", storage.num_elements, " elements of ", storage.class_name,
      " need ", expected_bytes));
}

// The entries of a zip archive, by their names behind the common "<name>/".
class Entries {
 public:
  explicit Entries(const std::vector<ZipEntry>& entries) {
    if (entries.empty()) return;
    const std::string& first = entries.front().name;
    const std::string folder = first.substr(0, first.find('/') + 1);
    for (const ZipEntry& entry : entries) {
      absl::string_view name = entry.name;
      if (absl::ConsumePrefix(&name, folder)) {
        by_name_.emplace(std::string(name), entry.data);
      }
    }
  }

  const Bytes* Find(absl::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Bytes, std::less<>> by_name_;
};

absl::Status CheckByteOrder(const Entries& entries) {
  const Bytes* const order = entries.Find("byteorder");
  if (order == nullptr) return absl::OkStatus();
  const absl::string_view text(reinterpret_cast<const char*>(order->data()),
                               order->size());
  return text == "little" ? absl::OkStatus() : BigEndian();
}

absl::StatusOr<TorchArchive> ParseZip(Bytes bytes, absl::string_view source) {
  ASSIGN_OR_RETURN(const std::vector<ZipEntry> zip,
                   ParseStoredZip(bytes, source));
  const Entries entries(zip);
  const Bytes* const pickle = entries.Find("data.pkl");
  if (pickle == nullptr) {
    return absl::InvalidArgumentError(
        absl::StrCat(source,
                     ": a zip archive, but not one of torch.save: it holds no "
                     "data.pkl; unpack it if the weights are inside"));
  }
  if (entries.Find("constants.pkl") != nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        source,
        ": a TorchScript program; load it with torch.jit.load and save "
        "its state_dict with torch.save"));
  }
  RETURN_IF_ERROR(Annotate(CheckByteOrder(entries), source));
  TorchArchive archive;
  archive.kind = WeightsFileKind::kTorchZip;
  ASSIGN_OR_RETURN(Unpickled unpickled,
                   Unpickle(*pickle, absl::StrCat(source, ": data.pkl")));
  archive.document = std::move(unpickled.document);
  for (const PickleStorage& storage : archive.document.storages) {
    const Bytes* const data = entries.Find(absl::StrCat("data/", storage.key));
    if (data == nullptr) {
      return absl::DataLossError(absl::StrCat(source, ": storage ",
                                              QuoteForMessage(storage.key),
                                              " is missing from the archive"));
    }
    RETURN_IF_ERROR(Annotate(CheckStorageSize(storage, data->size()), source));
    archive.storages.push_back(*data);
  }
  return archive;
}

// One of the pickles that follow one another in the old format.
absl::StatusOr<PickleDocument> NextPickle(ByteReader* reader, Bytes bytes,
                                          absl::string_view source,
                                          absl::string_view what) {
  ASSIGN_OR_RETURN(Unpickled unpickled,
                   Unpickle(bytes.subspan(reader->position()),
                            absl::StrCat(source, ": ", what, " from byte ",
                                         reader->position())));
  reader->Skip(unpickled.size_bytes);
  return std::move(unpickled.document);
}

// Checks the pickles in front of the object's.
absl::Status ReadLegacyHeader(ByteReader* reader, Bytes bytes,
                              absl::string_view source) {
  constexpr std::int64_t kProtocolVersion = 1001;
  RETURN_IF_ERROR(NextPickle(reader, bytes, source, "magic number"));
  ASSIGN_OR_RETURN(const PickleDocument version,
                   NextPickle(reader, bytes, source, "protocol version"));
  if (version.root_node().kind != PickleKind::kInteger ||
      version.root_node().integer != kProtocolVersion) {
    return absl::UnimplementedError(
        absl::StrCat(source, ": the protocol version of torch.save is not ",
                     kProtocolVersion));
  }
  ASSIGN_OR_RETURN(const PickleDocument machine,
                   NextPickle(reader, bytes, source, "system information"));
  const PickleNode* const is_little_endian =
      FindMember(machine, machine.root_node(), "little_endian");
  if (is_little_endian != nullptr && is_little_endian->integer == 0) {
    return Annotate(BigEndian(), source);
  }
  return absl::OkStatus();
}

// The storage's number of elements, and then they.
absl::StatusOr<Bytes> ReadLegacyStorage(ByteReader* reader,
                                        const PickleStorage& storage) {
  std::uint64_t num_elements = 0;
  absl::string_view data;
  if (!reader->Read(&num_elements)) {
    return absl::DataLossError(absl::StrCat("the file ends before storage ",
                                            QuoteForMessage(storage.key),
                                            "; download it again"));
  }
  if (num_elements != storage.num_elements) {
    return absl::InvalidArgumentError(absl::StrCat(
        "storage ", QuoteForMessage(storage.key), " has ", num_elements,
        " elements, but the pickle says ", storage.num_elements));
  }
  if (!reader->ReadBytes(num_elements * storage.element_size_bytes, &data)) {
    return absl::DataLossError(absl::StrCat(
        "the file ends inside storage ", QuoteForMessage(storage.key),
        ", which needs ", num_elements * storage.element_size_bytes,
        " bytes where ", reader->remaining(), " are left; download it again"));
  }
  return absl::MakeConstSpan(reinterpret_cast<const std::uint8_t*>(data.data()),
                             data.size());
}

absl::Status ReadLegacyStorages(const PickleDocument& keys, ByteReader* reader,
                                TorchArchive* archive) {
  std::map<absl::string_view, std::size_t> places;
  for (std::size_t i = 0; i < archive->document.storages.size(); ++i) {
    places[archive->document.storages[i].key] = i;
  }
  archive->storages.resize(places.size());
  for (const PickleId item : keys.root_node().items) {
    const std::string& key = keys.nodes[item].text;
    const auto place = places.find(key);
    if (place == places.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat("storage ", QuoteForMessage(key),
                       " is listed twice, or not used by the pickle"));
    }
    ASSIGN_OR_RETURN(
        archive->storages[place->second],
        ReadLegacyStorage(reader, archive->document.storages[place->second]));
    places.erase(place);
  }
  if (!places.empty()) {
    return absl::DataLossError(absl::StrCat(
        "storage ", QuoteForMessage(places.begin()->first), " is missing"));
  }
  if (reader->remaining() > 0) {
    return absl::InvalidArgumentError(
        absl::StrCat(reader->remaining(), " bytes follow the last storage"));
  }
  return absl::OkStatus();
}

absl::StatusOr<TorchArchive> ParseLegacy(Bytes bytes,
                                         absl::string_view source) {
  ByteReader reader(bytes);
  RETURN_IF_ERROR(ReadLegacyHeader(&reader, bytes, source));
  TorchArchive archive;
  archive.kind = WeightsFileKind::kTorchLegacy;
  ASSIGN_OR_RETURN(archive.document,
                   NextPickle(&reader, bytes, source, "object"));
  ASSIGN_OR_RETURN(const PickleDocument keys,
                   NextPickle(&reader, bytes, source, "storage keys"));
  RETURN_IF_ERROR(
      Annotate(ReadLegacyStorages(keys, &reader, &archive), source));
  return archive;
}

}  // namespace

absl::StatusOr<TorchArchive> ParseTorchArchive(
    absl::Span<const std::uint8_t> bytes, absl::string_view source) {
  ASSIGN_OR_RETURN(const WeightsFileKind kind, SniffWeightsFile(bytes, source));
  switch (kind) {
    case WeightsFileKind::kTorchZip:
      return ParseZip(bytes, source);
    case WeightsFileKind::kTorchLegacy:
      return ParseLegacy(bytes, source);
    case WeightsFileKind::kSafetensors:
      break;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      source, ": a ", WeightsFileKindName(kind), " file, not torch.save's"));
}

}  // namespace culturemert
