//! Builds of Windows in which classes changed.
//!
//! Numbers from Microsoft's release lists; a host reports its own in Identify's `ProductVersion`.

/// Windows 8.1 and Windows Server 2012 R2.
pub(crate) const SERVER_2012_R2: u32 = 9600;
/// Windows 10 1607 and Windows Server 2016.
pub(crate) const SERVER_2016: u32 = 14393;
/// Windows 10 1809 and Windows Server 2019.
pub(crate) const SERVER_2019: u32 = 17763;
/// Windows Server 2022.
pub(crate) const SERVER_2022: u32 = 20348;
/// Azure Stack HCI 23H2.
pub(crate) const STACK_23H2: u32 = 25398;
