// The folder that reports are written to. It remembers, in written_files.json,
// what was written and with which bytes, so that a later report can remove what
// it no longer has, such as plots of records that are gone, and never a file
// that somebody else made or changed.

#ifndef CULTUREMERT_REPORTS_OUTPUT_FOLDER_H_
#define CULTUREMERT_REPORTS_OUTPUT_FOLDER_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/base/files/files.h"
#include "tools/base/hash/hash.h"

namespace culturemert {

class OutputFolder {
 public:
  static constexpr char kListName[] = "written_files.json";

  // The folder need not be there. A list that is damaged counts as empty and is
  // named in warnings(). The errors of Files. `files` outlives the folder.
  static absl::StatusOr<OutputFolder> Open(Files& files,
                                           absl::string_view directory);

  const std::string& directory() const { return directory_; }

  // Says that this report has the part ("tables.csv", "site" …), of whose files
  // those that are not written again are removed by Finish. Parts that a report
  // does not have stay as they are.
  void BeginPart(absl::string_view part);

  // Replaces `name`, a path below the folder such as "csv/mini-f1.csv", as a
  // whole, and makes its folder. The part has begun. The errors of Files.
  absl::Status Write(absl::string_view part, absl::string_view name,
                     absl::string_view text);

  // Removes what earlier reports wrote of the parts that have begun and this
  // one did not write, if its bytes are still those that were written, and
  // renews the list. Does nothing where no part has begun. The errors of Files:
  // after one, or without Finish, more files stay than should, none is missing.
  absl::Status Finish();

  // Paths below the folder, in the order of writing.
  const std::vector<std::string>& written() const { return written_; }
  // What a user should know.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  struct WrittenFile {
    std::string part;
    Hash128 hash;
  };
  using FileList = std::map<std::string, WrittenFile>;  // By path.

  OutputFolder(Files& files, absl::string_view directory)
      : files_(&files), directory_(directory) {}

  static absl::StatusOr<FileList> ParseList(absl::string_view text,
                                            absl::string_view source);
  std::string ListText() const;
  // Removes the file unless it was changed.
  absl::Status RemoveOld(const std::string& name, const Hash128& hash);

  Files* files_;
  std::string directory_;
  FileList old_;
  FileList new_;
  std::set<std::string> parts_;
  std::vector<std::string> written_;
  std::vector<std::string> warnings_;
};

}  // namespace culturemert

#endif  // CULTUREMERT_REPORTS_OUTPUT_FOLDER_H_
