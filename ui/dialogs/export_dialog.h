// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/dialogs/archive_dialog.h"

#include <map>
#include <string>

class QCheckBox;
class QComboBox;

namespace shardlens::ui {

/// A diffusers folder as a DDUF archive: which components, which weights of each, what stays out, and who can open the
/// result.
class ExportDialog : public ArchiveDialog {
    Q_OBJECT

public:
    ExportDialog(const Services& services, const QString& folder, const QString& target,
                 QWidget* parent = nullptr);

    /// As the widgets say now.
    convert::ExportOptions options() const;
    QString command() const override;
    QComboBox* variants() const { return m_variants; }
    QCheckBox* convertPickles() const { return m_convertPickles; }

protected:
    Planning planning() const override;
    Work work(const ArchiveDigestPtr& digest) const override;
    QString jobTitle() const override;
    void edited() override;
    void digested(const ArchiveDigest& digest) override;
    void replace() override { m_force = true; }

private:
    QWidget* choices();

    QString m_folder;
    QComboBox* m_variants;
    QCheckBox* m_convertPickles;
    std::map<std::string, std::string> m_byHand; ///< component, weight set
    bool m_force = false;
};

} // namespace shardlens::ui
