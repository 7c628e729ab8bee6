// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/archive_dialog.h"

#include <string>
#include <vector>

namespace shardlens::ui {

/// A DDUF archive back into its folder, whole or the ticked components.
class UnpackDialog : public ArchiveDialog {
    Q_OBJECT

public:
    /// `include`: components to begin with; none: everything.
    UnpackDialog(const Services& services, const QString& archive, const QString& target,
                 std::vector<std::string> include, QWidget* parent = nullptr);

    /// As the widgets say now.
    convert::UnpackOptions options() const;
    QString command() const override;

protected:
    QString problem() const override;
    Planning planning() const override;
    Work work(const ArchiveDigestPtr& digest) const override;
    QString jobTitle() const override;
    void replace() override { m_force = true; }

private:
    QString m_archive;
    std::vector<std::string> m_first; ///< until there are rows to tick
    bool m_force = false;
};

} // namespace shardlens::ui
