using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Akka.Cluster.Sharding;
using AkkaPrivacy.Ledger;

namespace AkkaPrivacy.AkkaNet.Ledger;

/// <summary>Which shard an account lives in: the first four bytes of the SHA-256 of its name, modulo the number of shards,
/// so every node and every version agrees.</summary>
/// <remarks>A command with a name that no account can have goes to no shard and is dropped with a dead letter.</remarks>
/// <param name="shards">How many shards.</param>
internal sealed class LedgerMessageExtractor(int shards) : IMessageExtractor
{
    /// <inheritdoc />
    public string? EntityId(object message) =>
        message is ILedgerCommand { Account: { } account } && RequestRules.AccountFault(account) is null ? account : null;

    /// <inheritdoc />
    public object EntityMessage(object message) => message;

    /// <inheritdoc />
    public string? ShardId(object message) => EntityId(message) is { } account ? ShardId(account) : null;

    /// <inheritdoc />
    public string ShardId(string entityId, object? messageHint = null)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(entityId), hash);
        return (BinaryPrimitives.ReadUInt32BigEndian(hash) % (uint)shards).ToString(CultureInfo.InvariantCulture);
    }
}
