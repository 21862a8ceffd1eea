//! Enumerations as streams: each page is requested when it is needed, and its instances are returned as they are.
//!
//! No whole answer is collected; [`Limits`](crate::Limits) apply to each page and to all pages together. Dropping an enumeration
//! early releases it on the host. A Pull is never repeated: its lost answer may have contained items, so the enumeration fails.

use std::{collections::VecDeque, fmt, sync::Arc};

use crate::{
    Limits,
    cim::{ClassName, Instance, Property, Raw, Wql, decode},
    client::{CimNamespace, Effect, Error, ErrorKind, Inner, tally::Tally},
    limits::{Held, Most},
    schema,
    soap::MessageId,
    violation::{ProtocolError, Violation},
    wsman::{
        AnswerError, AssociatedInstances, AssociationInstances, EndpointReference, Enumerate,
        EnumerationContext, EnumerationMode, Exchange, Filter, Item, Page, Pull, Release, RequestSettings,
        ResourceUri, Selector, SelectorSet, SelectorValue,
    },
    xml::UnwritableText,
};

/// Converts an item while it still borrows from its page; `None` omits it.
pub(crate) type Take<T> = Box<dyn Fn(Item<Instance<'_>>) -> Result<Option<T>, ProtocolError> + Send + Sync>;

/// The instances of a query, page by page.
pub struct Enumeration<T = Instance<'static>> {
    source: Source<T>,
    items: VecDeque<T>,
    next: Option<EnumerationContext>,
    so_far: Tally,
}

struct Source<T> {
    inner: Arc<Inner>,
    during: String,
    resource_uri: ResourceUri,
    selectors: SelectorSet,
    filter: Option<Filter>,
    mode: EnumerationMode,
    take: Take<T>,
}

impl CimNamespace {
    /// Sends a query and returns the instances as they arrive.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::cim::Wql;
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let vm = hyperv.query(&query).await?.next().await?.expect("the VM is there");
    /// assert_eq!(vm.class(), "Msvm_ComputerSystem");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host refuses the query, or the first page cannot be read.
    pub async fn query(&self, query: &Wql) -> Result<Enumeration, Error> {
        let take = objects(|instance| Ok(instance.into_owned()));
        Enumeration::open(self.source_of(query, EnumerationMode::Object, take)).await
    }

    /// Sends a query and returns the references of the instances as they arrive.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::cim::Wql;
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let vm = hyperv.query_references(&query).await?.next().await?.expect("the VM is there");
    /// assert_eq!(vm.resource_uri.last_segment(), "Msvm_ComputerSystem");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn query_references(&self, query: &Wql) -> Result<Enumeration<EndpointReference>, Error> {
        let take: Take<_> = Box::new(|item| reference(item).map(Some));
        Enumeration::open(self.source_of(query, EnumerationMode::Reference, take)).await
    }

    /// Sends a query and returns the instances with their references as they arrive.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::cim::Wql;
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let mut found = hyperv.query_with_references(&query).await?;
    /// let (vm, reference) = found.next().await?.expect("the VM is there");
    /// assert_eq!(vm.read::<String>("Name")?.as_deref(), reference.selectors.text("Name"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`query`](Self::query).
    pub async fn query_with_references(
        &self,
        query: &Wql,
    ) -> Result<Enumeration<(Instance<'static>, EndpointReference)>, Error> {
        let mode = EnumerationMode::ObjectAndReference;
        Enumeration::open(self.source_of(query, mode, with_references())).await
    }

    /// Enumerates one class without a query. `filter` requires equality of keys and properties (a selector filter); an empty one
    /// selects all instances. Instances that do not match are omitted here, in case the host ignores the filter.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::wsman::SelectorSet;
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let filter = SelectorSet::new().with("ElementName", "web-01");
    /// let mut systems = hyperv.instances("Msvm_ComputerSystem".parse()?, filter).await?;
    /// assert!(systems.next().await?.is_some() && systems.next().await?.is_none());
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host does not know the class or the filter dialect, or the first page cannot be read.
    pub async fn instances(&self, class: ClassName, filter: SelectorSet) -> Result<Enumeration, Error> {
        let during = format!("enumerating {class}");
        let path = self.class_path(Some(class));
        let wanted = filter.clone();
        Enumeration::open(Source {
            inner: Arc::clone(&self.client().0),
            during,
            resource_uri: path.resource_uri(),
            selectors: path.selectors(SelectorSet::new()),
            filter: (!filter.is_empty()).then_some(Filter::Selectors(filter)),
            mode: EnumerationMode::Object,
            take: Box::new(move |mut item| {
                let instance = object(&mut item)?;
                Ok(is_wanted(&instance, &wanted).then(|| instance.into_owned()))
            }),
        })
        .await
    }

    /// Enumerates one class without a query, each instance with its reference.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// let windows = client.namespace("root/cimv2")?;
    /// let mut processors = windows.instances_with_references("Win32_Processor".parse()?).await?;
    /// let (processor, reference) = processors.next().await?.expect("every host has one");
    /// assert_eq!(processor.read::<String>("DeviceID")?.as_deref(), reference.selectors.text("DeviceID"));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host does not know the class, or the first page cannot be read.
    pub async fn instances_with_references(
        &self,
        class: ClassName,
    ) -> Result<Enumeration<(Instance<'static>, EndpointReference)>, Error> {
        let during = format!("enumerating {class}");
        let path = self.class_path(Some(class));
        Enumeration::open(Source {
            inner: Arc::clone(&self.client().0),
            during,
            resource_uri: path.resource_uri(),
            selectors: path.selectors(SelectorSet::new()),
            filter: None,
            mode: EnumerationMode::ObjectAndReference,
            take: with_references(),
        })
        .await
    }

    /// The instances that associations link to one instance (association filter; DSP0227, section 8.2), as they arrive.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::{cim::Wql, wsman::AssociatedInstances};
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let vm = hyperv.query_references(&query).await?.next().await?.expect("the VM is there");
    /// let filter = AssociatedInstances::of(vm)
    ///     .association_class("Msvm_SnapshotOfVirtualSystem")
    ///     .result_class("Msvm_VirtualSystemSettingData");
    /// let mut snapshots = hyperv.associators(filter).await?;
    /// let mut names = Vec::new();
    /// while let Some(snapshot) = snapshots.next().await? {
    ///     names.extend(snapshot.read::<String>("ElementName")?);
    /// }
    /// assert!(names.contains(&"before-upgrade".to_owned()));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If the host refuses the filter, or the first page cannot be read.
    pub async fn associators(&self, filter: AssociatedInstances) -> Result<Enumeration, Error> {
        self.filtered("following associations", Filter::Associated(filter)).await
    }

    /// The associations that reference one instance (association filter; DSP0227, section 8.2), as they arrive.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # #[cfg(feature = "sim")] {
    /// # let sim = hvsnap::sim::Simulator::from_lab("fixtures/lab/two-branches.toml")?.seed(7).start().await?;
    /// # let client = sim.client_builder().build()?;
    /// use hvsnap::{cim::Wql, wsman::AssociationInstances};
    ///
    /// let hyperv = client.namespace("root/virtualization/v2")?;
    /// let query = Wql::all("Msvm_ComputerSystem".parse()?).and_equals("ElementName", "web-01")?;
    /// let vm = hyperv.query_references(&query).await?.next().await?.expect("the VM is there");
    /// let filter = AssociationInstances::of(vm).result_class("Msvm_SnapshotOfVirtualSystem").role("Antecedent");
    /// let association = hyperv.associations(filter).await?.next().await?.expect("the VM has snapshots");
    /// assert_eq!(association.class(), "Msvm_SnapshotOfVirtualSystem");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`associators`](Self::associators).
    pub async fn associations(&self, filter: AssociationInstances) -> Result<Enumeration, Error> {
        self.filtered("reading associations", Filter::Associations(filter)).await
    }

    async fn filtered(&self, during: &str, filter: Filter) -> Result<Enumeration, Error> {
        let take = objects(|instance| Ok(instance.into_owned()));
        Enumeration::open(Source::new(self, during, filter, EnumerationMode::Object, take)).await
    }

    fn source_of<T>(&self, query: &Wql, mode: EnumerationMode, take: Take<T>) -> Source<T> {
        Source::new(self, &format!("the query {:?}", query.to_string()), query.filter(), mode, take)
    }
}

/// Converts each item to its instance and reference.
fn with_references() -> Take<(Instance<'static>, EndpointReference)> {
    Box::new(|mut item| {
        let object = object(&mut item)?.into_owned();
        reference(item).map(|reference| Some((object, reference)))
    })
}

/// Converts the instance of each item.
pub(crate) fn objects<T>(
    decode: impl Fn(Instance<'_>) -> Result<T, ProtocolError> + Send + Sync + 'static,
) -> Take<T> {
    Box::new(move |mut item| decode(object(&mut item)?).map(Some))
}

/// The same, but omits instances of a class other than `class`: a server may ignore a filter.
pub(crate) fn objects_of<T>(
    class: &str,
    decode: impl Fn(Instance<'_>) -> Result<Option<T>, ProtocolError> + Send + Sync + 'static,
) -> Take<T> {
    let wanted = class.to_owned();
    Box::new(move |mut item| {
        let instance = object(&mut item)?;
        if schema::class(instance.class()).is_some_and(|found| !found.is_a(&wanted)) {
            tracing::warn!(
                wanted,
                found = instance.class(),
                "left out: the host takes no notice of the filter"
            );
            return Ok(None);
        }
        decode(instance)
    })
}

/// True if the instance has these values, without regard to case, as a selector filter requires.
fn is_wanted(instance: &Instance<'_>, filter: &SelectorSet) -> bool {
    let equals = |selector: &Selector| {
        let found = instance.property(&selector.name).map(Property::values);
        match (&selector.value, found) {
            (SelectorValue::Text(wanted), Some([Raw::Text(found)])) => {
                found.trim().eq_ignore_ascii_case(wanted)
            }
            (SelectorValue::Reference(wanted), Some([Raw::Reference(found)])) => **wanted == *found,
            _ => false,
        }
    };
    let is_wanted = filter.iter().all(equals);
    if !is_wanted {
        tracing::warn!(class = instance.class(), "left out: the host takes no notice of the filter");
    }
    is_wanted
}

fn object<'a>(item: &mut Item<Instance<'a>>) -> Result<Instance<'a>, ProtocolError> {
    item.object
        .take()
        .ok_or_else(|| ProtocolError::new(Violation::UnexpectedBody, "an item without instance"))
}

fn reference(item: Item<Instance<'_>>) -> Result<EndpointReference, ProtocolError> {
    item.reference.ok_or_else(|| ProtocolError::new(Violation::BadReference, "an item without reference"))
}

impl<T> Source<T> {
    fn new(
        namespace: &CimNamespace,
        during: &str,
        filter: Filter,
        mode: EnumerationMode,
        take: Take<T>,
    ) -> Self {
        let path = namespace.class_path(None);
        Self {
            inner: Arc::clone(&namespace.client().0),
            during: during.to_owned(),
            resource_uri: path.resource_uri(),
            selectors: path.selectors(SelectorSet::new()),
            filter: Some(filter),
            mode,
            take,
        }
    }

    fn enumerate(&self) -> Enumerate<'_> {
        Enumerate {
            resource_uri: &self.resource_uri,
            selectors: &self.selectors,
            filter: self.filter.as_ref(),
            mode: self.mode,
            max_elements: self.inner.page_size,
        }
    }

    fn pull<'s>(&'s self, context: &'s EnumerationContext) -> Pull<'s> {
        Pull {
            resource_uri: &self.resource_uri,
            context,
            mode: self.mode,
            max_elements: self.inner.page_size,
        }
    }
}

impl<T> Enumeration<T> {
    /// The instances of a query, each converted by `take`.
    pub(super) async fn of(
        namespace: &CimNamespace,
        during: &str,
        query: &Wql,
        take: Take<T>,
    ) -> Result<Self, Error> {
        Self::open(Source::new(namespace, during, query.filter(), EnumerationMode::Object, take)).await
    }

    async fn open(source: Source<T>) -> Result<Self, Error> {
        let page = source.inner.ask(&source.during, &NextPage { source: &source, context: None }).await;
        let page = page.map_err(|error| error.with_effect(Effect::None))?;
        let mut enumeration = Self { source, items: VecDeque::new(), next: None, so_far: Tally::default() };
        enumeration.take(page)?;
        Ok(enumeration)
    }

    /// The next instance; `None` after the last. Requests the next page when the current one is used up.
    ///
    /// # Errors
    /// If the next page cannot be read; the enumeration is then over and incomplete.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Ok(Some(item));
            }
            // Taken out, so that a page that was requested and lost is neither requested again nor released.
            let Some(context) = self.next.take() else { return Ok(None) };
            let exchange = NextPage { source: &self.source, context: Some(&context) };
            let page = self.source.inner.ask(&self.source.during, &exchange).await;
            self.take(page.map_err(|error| error.with_effect(Effect::None))?)?;
        }
    }

    fn take(&mut self, page: Page<Option<T>>) -> Result<(), Error> {
        let Source { inner, during, .. } = &self.source;
        let added = self.so_far.add(page.items.len(), page.bytes, page.next.is_none(), &inner.limits);
        self.next = page.next;
        if let Err(offence) = added {
            let error = Error::before(ErrorKind::Protocol(offence), during.as_str());
            self.release();
            return Err(error);
        }
        self.items.extend(page.items.into_iter().flatten());
        Ok(())
    }

    /// Releases an unfinished enumeration in the background; otherwise the host keeps it for minutes.
    fn release(&mut self) {
        let (Some(context), Ok(runtime)) = (self.next.take(), tokio::runtime::Handle::try_current()) else {
            return;
        };
        let inner = Arc::clone(&self.source.inner);
        let resource_uri = self.source.resource_uri.clone();
        runtime.spawn(async move {
            let exchange = Release { resource_uri: &resource_uri, context: &context };
            // Best effort: a context that is not released expires on the host.
            let _ = inner.ask("releasing an enumeration", &exchange).await;
        });
    }
}

/// All items, for answers that are useful only as a whole. Exceeding a limit is a violation of the host.
pub(super) async fn whole<T: Held>(
    mut enumeration: Enumeration<T>,
    most: fn(&Limits) -> Most,
) -> Result<Vec<T>, Error> {
    let (mut items, mut held) = (Vec::new(), 0_usize);
    while let Some(item) = enumeration.next().await? {
        held = held.saturating_add(item.held());
        let most = most(&enumeration.source.inner.limits);
        let (offence, detail) = if items.len() >= most.items {
            (Violation::TooManyItems, format!("{} allowed in all", most.items))
        } else if held > most.bytes {
            (Violation::TooManyBytes, format!("{} allowed to be kept", most.bytes))
        } else {
            items.push(item);
            continue;
        };
        let offence = ErrorKind::Protocol(ProtocolError::new(offence, detail));
        return Err(Error::before(offence, enumeration.source.during.as_str()));
    }
    Ok(items)
}

impl<T> Drop for Enumeration<T> {
    fn drop(&mut self) {
        self.release();
    }
}

impl<T> fmt::Debug for Enumeration<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Enumeration")
            .field("so_far", &self.so_far)
            .field("waiting", &self.items.len())
            .field("ended", &self.next.is_none())
            .finish_non_exhaustive()
    }
}

/// The next page of a source, or its first one.
struct NextPage<'s, T> {
    source: &'s Source<T>,
    context: Option<&'s EnumerationContext>,
}

impl<T> Exchange for NextPage<'_, T> {
    type Output = Page<Option<T>>;
    const IS_OF_CLASS: bool = true;

    fn request(&self, settings: &RequestSettings, id: &MessageId) -> Result<String, UnwritableText> {
        match self.context {
            Some(context) => self.source.pull(context).request(settings, id),
            None => self.source.enumerate().request(settings, id),
        }
    }

    fn answer(&self, text: &str, limits: &Limits, id: &MessageId) -> Result<Self::Output, AnswerError> {
        let take = |item: Item<Instance<'_>>| (self.source.take)(item);
        match self.context {
            Some(context) => self.source.pull(context).answer(text, limits, id, decode::instance, take),
            None => self.source.enumerate().answer(text, limits, id, decode::instance, take),
        }
    }
}
