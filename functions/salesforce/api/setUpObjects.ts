/**
 * Objects that hold who may sign in, with what rights, by what tokens, and how the org is set up. They are closed to
 * agents for reading and writing, whatever the Salesforce user may do, unless a policy names them.
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_list.htm
 * https://developer.salesforce.com/docs/atlas.en-us.securityImplGuide.meta/securityImplGuide/
 */
const closed = [
  // Rights
  'CustomPermission',
  'CustomPermissionDependency',
  'FieldPermissions',
  'FieldSecurityClassification',
  'GrantedByLicense',
  'GroupMember',
  'MutingPermissionSet',
  'ObjectPermissions',
  'PermissionSet',
  'PermissionSetAssignment',
  'PermissionSetEventStore',
  'PermissionSetGroup',
  'PermissionSetGroupComponent',
  'PermissionSetLicense',
  'PermissionSetLicenseAssign',
  'PermissionSetTabSetting',
  'Profile',
  'QueueRoutingConfig',
  'SessionPermSetActivation',
  'SetupEntityAccess',
  'TenantSecret',
  'UserAppInfo',
  'UserAppMenuCustomization',
  'UserEntityAccess',
  'UserFieldAccess',
  'UserLicense',
  'UserPackageLicense',
  'UserPermissionAccess',
  'UserPreference',
  'UserProvAccount',
  'UserProvAccountStaging',
  'UserProvMockTarget',
  'UserProvisioningConfig',
  'UserProvisioningLog',
  'UserProvisioningRequest',
  'UserProvisioningRequestShare',
  'UserRole',
  'UserShare',
  // Sign-in and tokens
  'ApiAnomalyEvent',
  'ApiAnomalyEventStore',
  'AuthConfig',
  'AuthConfigProviders',
  'AuthProvider',
  'AuthSession',
  'Certificate',
  'ConnectedApplication',
  'CredentialStuffingEvent',
  'CredentialStuffingEventStore',
  'DeleteEvent',
  'ExternalClientApplication',
  'ExternalCredential',
  'ExternalCredentialParameter',
  'ExternalDataSource',
  'ExternalDataUserAuth',
  'IdentityProviderEventStore',
  'IdentityVerificationEvent',
  'IdpEventLog',
  'LoginAsEvent',
  'LoginAsEventStream',
  'LoginEvent',
  'LoginEventStream',
  'LoginGeo',
  'LoginHistory',
  'LoginIp',
  'LogoutEvent',
  'LogoutEventStream',
  'MobSecurityCertPinConfig',
  'MobSecurityCertPinEvent',
  'NamedCredential',
  'NamedCredentialParameter',
  'OauthCustomScope',
  'OauthCustomScopeApp',
  'OauthToken',
  'OauthTokenExchangeHandler',
  'OauthTokenExchHandlerApp',
  'SamlSsoConfig',
  'SecurityCustomBaseline',
  'SessionHijackingEvent',
  'SessionHijackingEventStore',
  'ThirdPartyAccountLink',
  'TwoFactorInfo',
  'TwoFactorMethodsInfo',
  'TwoFactorTempCode',
  'UserExternalCredential',
  'UserLogin',
  'VerificationHistory',
  // Set-up and code
  'ApexClass',
  'ApexComponent',
  'ApexEmailNotification',
  'ApexLog',
  'ApexPage',
  'ApexPageInfo',
  'ApexTestQueueItem',
  'ApexTestResult',
  'ApexTestRunResult',
  'ApexTestSuite',
  'ApexTrigger',
  'AsyncApexJob',
  'AuraDefinition',
  'AuraDefinitionBundle',
  'CorsWhitelistEntry',
  'CronJobDetail',
  'CronTrigger',
  'CspTrustedSite',
  'EmailServicesAddress',
  'EmailServicesFunction',
  'EventLogFile',
  'EntityDefinition',
  'EntityParticle',
  'FieldDefinition',
  'InstalledSubscriberPackage',
  'MetadataPackage',
  'MetadataPackageVersion',
  'PackageLicense',
  'SetupAuditTrail',
  'StaticResource',
  'TransactionSecurityPolicy',
];

const asKeys = (names: readonly string[]) => new Set(names.map(name => name.toLowerCase()));

/** By API name in lower case. */
const closedObjects: ReadonlySet<string> = asKeys(closed);

/** A queue tells by these which records it takes; whom it is given to is a matter of rights. */
const readOnlyObjects: ReadonlySet<string> = asKeys(['QueueSobject']);

/** Who owns a record, which any answer may tell; the rest of these objects is about rights and sign-in. */
const peopleFields: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['user', asKeys(['Id', 'Name', 'Email', 'IsActive'])],
  ['group', asKeys(['Id', 'Name', 'Email', 'Type'])],
]);

/** Whether an object is one of those that are closed for reading unless a policy names them. */
export const isSetUpObject = (objectType: string): boolean => closedObjects.has(objectType.toLowerCase());

/** Whether writing to an object takes a policy that names it. */
export const isWriteProtected = (objectType: string): boolean =>
  isSetUpObject(objectType) ||
  readOnlyObjects.has(objectType.toLowerCase()) ||
  peopleFields.has(objectType.toLowerCase());

/** Of people and queues the fields that are open, in lower case; undefined for other objects. */
export const openPeopleFields = (objectType: string): ReadonlySet<string> | undefined =>
  peopleFields.get(objectType.toLowerCase());
