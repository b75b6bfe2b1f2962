#include "tools/base/files/memory_files.h"

#include <utility>

#include "tools/base/files/memory_system_calls.h"

namespace culturemert {

MemoryFiles::MemoryFiles()
    : MemoryFiles(std::make_unique<MemorySystemCalls>()) {}

MemoryFiles::MemoryFiles(std::unique_ptr<MemorySystemCalls> calls)
    : Files(std::move(calls)),
      memory_(static_cast<MemorySystemCalls*>(&system_calls())) {}

MemoryFiles::~MemoryFiles() = default;

void MemoryFiles::Crash(CrashMode mode) {
  switch (mode) {
    case CrashMode::kProcessKilled:
      memory_->RestartProcess();
      return;
    case CrashMode::kUnsyncedLost:
      memory_->RestartMachine();
      memory_->DropUnsyncedNames();
      memory_->DropUnsyncedBytes();
      return;
    case CrashMode::kUnsyncedBytesLost:
      memory_->RestartMachine();
      memory_->DropUnsyncedBytes();
      memory_->SyncAll();
      return;
  }
}

void MemoryFiles::SyncAll() { memory_->SyncAll(); }

void MemoryFiles::set_capacity_bytes(std::uint64_t capacity_bytes) {
  memory_->set_capacity_bytes(capacity_bytes);
}

std::size_t MemoryFiles::open_descriptors() const {
  return memory_->open_descriptors();
}

std::size_t MemoryFiles::open_maps() const { return memory_->open_maps(); }

}  // namespace culturemert
