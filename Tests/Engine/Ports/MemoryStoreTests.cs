using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Tests.Storage;

namespace AkkaPrivacy.Tests.Engine.Ports;

public sealed class MemoryStoreTests : StoreConformance
{
    protected override ValueTask<IStore> OpenAsync() => ValueTask.FromResult<IStore>(new MemoryStore());
}
