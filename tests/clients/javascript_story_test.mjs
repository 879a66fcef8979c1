// The golden-image story with the AWS SDK for JavaScript, in two regions and two accounts.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';

import * as ec2 from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';

let amity;
let url;

before(async () => {
  amity = spawn(process.env.AMITY_BINARY, ['serve', '--memory', '--port', '0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = await once(createInterface({ input: amity.stdout }), 'line');
  url = line.split(' ').at(-1);
});

after(async () => {
  amity.kill('SIGTERM');
  const [status] = await once(amity, 'exit');
  assert.equal(status, 0);
});

const options = (account, region) => ({
  endpoint: url,
  region,
  credentials: { accessKeyId: account, secretAccessKey: 'secret' },
  maxAttempts: 1,
});
const client = (account = '111111111111', region = 'us-east-1') => new ec2.EC2Client(options(account, region));
const waiting = (c) => ({ client: c, maxWaitTime: 10, minDelay: 1, maxDelay: 1 });

async function newestImage(c) {
  const { Images } = await c.send(new ec2.DescribeImagesCommand({
    Owners: ['amazon'], Filters: [{ Name: 'name', Values: ['al2023-ami-2023*-x86_64'] }],
  }));
  return Images.sort((a, b) => a.CreationDate.localeCompare(b.CreationDate)).at(-1).ImageId;
}

async function launch(c, ImageId) {
  const { Instances } = await c.send(new ec2.RunInstancesCommand({ ImageId, InstanceType: 't3.micro', MinCount: 1, MaxCount: 1 }));
  await ec2.waitUntilInstanceRunning(waiting(c), { InstanceIds: [Instances[0].InstanceId] });
  return Instances[0].InstanceId;
}

test('the golden-image story', async () => {
  const home = client();
  const partner = client('222222222222');
  const europe = client('111111111111', 'eu-west-1');

  const identity = await new STSClient(options('111111111111', 'us-east-1')).send(new GetCallerIdentityCommand({}));
  assert.equal(identity.Account, '111111111111');

  const instance = await launch(home, await newestImage(home));
  const { ImageId } = await home.send(new ec2.CreateImageCommand({ InstanceId: instance, Name: 'golden' }));
  await ec2.waitUntilImageAvailable(waiting(home), { ImageIds: [ImageId] });

  const copy = await europe.send(new ec2.CopyImageCommand({ SourceRegion: 'us-east-1', SourceImageId: ImageId, Name: 'golden' }));
  await ec2.waitUntilImageAvailable(waiting(europe), { ImageIds: [copy.ImageId] });

  await assert.rejects(launch(partner, ImageId), { name: 'AuthFailure' });
  await home.send(new ec2.ModifyImageAttributeCommand({ ImageId, LaunchPermission: { Add: [{ UserId: '222222222222' }] } }));
  const theirs = await launch(partner, ImageId);

  const { Images } = await home.send(new ec2.DescribeImagesCommand({ ImageIds: [ImageId] }));
  const { SnapshotId } = Images[0].BlockDeviceMappings[0].Ebs;
  await assert.rejects(home.send(new ec2.DeleteSnapshotCommand({ SnapshotId })), { name: 'InvalidSnapshot.InUse' });
  await home.send(new ec2.DeregisterImageCommand({ ImageId }));
  await assert.rejects(launch(home, ImageId), { name: 'InvalidAMIID.Unavailable' });
  await home.send(new ec2.DeleteSnapshotCommand({ SnapshotId }));

  const { Reservations } = await partner.send(new ec2.DescribeInstancesCommand({ InstanceIds: [theirs] }));
  assert.equal(Reservations[0].Instances[0].State.Name, 'running');
  await home.send(new ec2.TerminateInstancesCommand({ InstanceIds: [instance] }));
  await ec2.waitUntilInstanceTerminated(waiting(home), { InstanceIds: [instance] });
});

test('errors carry a code and the request id', async () => {
  const error = await client().send(new ec2.DescribeImagesCommand({ ImageIds: ['ami-0123456789abcdef0'] })).catch((e) => e);
  assert.equal(error.name, 'InvalidAMIID.NotFound');
  assert.match(error.$metadata.requestId, /^[0-9a-f-]{36}$/);
});
